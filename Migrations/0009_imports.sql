-- What imports wrote, so that a later import of a larger export leaves out what it repeats.
CREATE TABLE import_rows (
    -- One row a run of neighbouring rows of a log that one import wrote. Imports from before this table have none.
    log             TEXT    NOT NULL CHECK (log IN ('exposure', 'outcome')),
    first_row       INTEGER NOT NULL,               -- number of its first row in the log
    last_row        INTEGER NOT NULL CHECK (last_row >= first_row),
    digest          TEXT    NOT NULL,               -- of the input, as in import
    first_us        INTEGER NOT NULL,               -- the earliest and the latest time of its rows
    last_us         INTEGER NOT NULL CHECK (last_us >= first_us),
    PRIMARY KEY (log, first_row)
) STRICT, WITHOUT ROWID;
