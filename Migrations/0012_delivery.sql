-- How far each destination of experiments-forward has come among the rows of the logs, which are its outbox.

CREATE TABLE delivery (
    -- One row a destination that rows are sent to: every row up to the two numbers was sent, refused or withheld. Its key and
    -- its address are in no file of this kind.
    destination     TEXT    PRIMARY KEY             -- its name in the file of destinations
                    CHECK (length(destination) > 0),
    last_exposure INTEGER NOT NULL, last_outcome INTEGER NOT NULL,      -- numbers of the last rows of both logs that are resolved
    sent            INTEGER NOT NULL DEFAULT 0,     -- rows that it took, ever
    refused         INTEGER NOT NULL DEFAULT 0,     -- rows that it refused, ever; they are in delivery_refusal
    withheld        TEXT    NOT NULL DEFAULT '{}'   -- JSON object: rows that it was not sent, ever, by reason
                    CHECK (withheld LIKE '{%}'),
    notes           TEXT    NOT NULL DEFAULT '[]'   -- JSON array: what it cannot hold, such as microseconds
                    CHECK (notes LIKE '[%]'),
    alarm           TEXT,                           -- JSON: what to look into; null: all is well
    last_sent_us    INTEGER                         -- when it last took a row; null: never
) STRICT, WITHOUT ROWID;

CREATE TABLE delivery_refusal (
    -- One row a row that a destination refused: it is not sent again. It goes where the row of the log is removed.
    log             TEXT    NOT NULL CHECK (log IN ('exposure', 'outcome')),
    number          INTEGER NOT NULL,               -- the row's number in its log
    destination     TEXT    NOT NULL REFERENCES delivery,
    reason          TEXT    NOT NULL,               -- in the destination's words, which may repeat what it was sent
    refused_at_us   INTEGER NOT NULL,
    PRIMARY KEY (log, number, destination)
) STRICT, WITHOUT ROWID;
