-- Which experiments changed, so that a server of many reads again those and no others.

-- One row an experiment, kept by the triggers below, so a change made by hand is counted like any other. Only a server
-- needs it, to know what it has read already; a row of an experiment that is gone does no harm.
CREATE TABLE experiment_version (
    experiment_id   INTEGER PRIMARY KEY,            -- no foreign key: it must not stand in the way of a change by hand
    version         INTEGER NOT NULL                -- of the definitions, after the last change of the experiment or
                                                    -- of anything that belongs to it
) STRICT;

-- What changed before this script is as good as changed just now.
INSERT INTO experiment_version SELECT experiment_id, version FROM experiment CROSS JOIN definition_version;

-- ---- The triggers that counted changes only are made again ----

DROP TRIGGER IF EXISTS experiment_insert_is_counted;
DROP TRIGGER IF EXISTS experiment_update_is_counted;
DROP TRIGGER IF EXISTS experiment_delete_is_counted;
DROP TRIGGER IF EXISTS variant_insert_is_counted;
DROP TRIGGER IF EXISTS variant_update_is_counted;
DROP TRIGGER IF EXISTS variant_delete_is_counted;
DROP TRIGGER IF EXISTS phase_insert_is_counted;
DROP TRIGGER IF EXISTS phase_update_is_counted;
DROP TRIGGER IF EXISTS phase_delete_is_counted;
DROP TRIGGER IF EXISTS phase_variant_insert_is_counted;
DROP TRIGGER IF EXISTS phase_variant_update_is_counted;
DROP TRIGGER IF EXISTS phase_variant_delete_is_counted;
DROP TRIGGER IF EXISTS metric_role_insert_is_counted;
DROP TRIGGER IF EXISTS metric_role_update_is_counted;
DROP TRIGGER IF EXISTS metric_role_delete_is_counted;
DROP TRIGGER IF EXISTS experiment_schedule_insert_is_counted;
DROP TRIGGER IF EXISTS experiment_schedule_update_is_counted;
DROP TRIGGER IF EXISTS experiment_schedule_delete_is_counted;
DROP TRIGGER IF EXISTS phase_design_insert_is_counted;
DROP TRIGGER IF EXISTS phase_design_update_is_counted;
DROP TRIGGER IF EXISTS phase_design_delete_is_counted;
DROP TRIGGER IF EXISTS phase_coverage_insert_is_counted;
DROP TRIGGER IF EXISTS phase_coverage_delete_is_counted;
DROP TRIGGER IF EXISTS unit_override_insert_is_counted;
DROP TRIGGER IF EXISTS unit_override_update_is_counted;
DROP TRIGGER IF EXISTS unit_override_delete_is_counted;
DROP TRIGGER IF EXISTS experiment_plan_insert_is_counted;
DROP TRIGGER IF EXISTS experiment_plan_update_is_counted;
DROP TRIGGER IF EXISTS experiment_plan_delete_is_counted;

-- An experiment that takes the number of a deleted one may find its row.
CREATE TRIGGER experiment_insert_is_counted AFTER INSERT ON experiment BEGIN
    UPDATE definition_version SET version = version + 1;
    INSERT INTO experiment_version SELECT NEW.experiment_id, version FROM definition_version WHERE true
        ON CONFLICT (experiment_id) DO UPDATE SET version = excluded.version;
END;
CREATE TRIGGER experiment_update_is_counted AFTER UPDATE ON experiment BEGIN
    UPDATE definition_version SET version = version + 1;
    UPDATE OR REPLACE experiment_version
        SET experiment_id = NEW.experiment_id, version = (SELECT version FROM definition_version)
        WHERE experiment_id = OLD.experiment_id;
END;
CREATE TRIGGER experiment_delete_is_counted AFTER DELETE ON experiment BEGIN
    UPDATE definition_version SET version = version + 1;
    DELETE FROM experiment_version WHERE experiment_id = OLD.experiment_id;
END;

CREATE TRIGGER variant_insert_is_counted AFTER INSERT ON variant BEGIN
    UPDATE definition_version SET version = version + 1;
    UPDATE experiment_version SET version = (SELECT version FROM definition_version)
        WHERE experiment_id = NEW.experiment_id;
END;
CREATE TRIGGER variant_update_is_counted AFTER UPDATE ON variant BEGIN
    UPDATE definition_version SET version = version + 1;
    UPDATE experiment_version SET version = (SELECT version FROM definition_version)
        WHERE experiment_id IN (OLD.experiment_id, NEW.experiment_id);
END;
CREATE TRIGGER variant_delete_is_counted AFTER DELETE ON variant BEGIN
    UPDATE definition_version SET version = version + 1;
    UPDATE experiment_version SET version = (SELECT version FROM definition_version)
        WHERE experiment_id = OLD.experiment_id;
END;

CREATE TRIGGER phase_insert_is_counted AFTER INSERT ON phase BEGIN
    UPDATE definition_version SET version = version + 1;
    UPDATE experiment_version SET version = (SELECT version FROM definition_version)
        WHERE experiment_id = NEW.experiment_id;
END;
CREATE TRIGGER phase_update_is_counted AFTER UPDATE ON phase BEGIN
    UPDATE definition_version SET version = version + 1;
    UPDATE experiment_version SET version = (SELECT version FROM definition_version)
        WHERE experiment_id IN (OLD.experiment_id, NEW.experiment_id);
END;
CREATE TRIGGER phase_delete_is_counted AFTER DELETE ON phase BEGIN
    UPDATE definition_version SET version = version + 1;
    UPDATE experiment_version SET version = (SELECT version FROM definition_version)
        WHERE experiment_id = OLD.experiment_id;
END;

CREATE TRIGGER phase_variant_insert_is_counted AFTER INSERT ON phase_variant BEGIN
    UPDATE definition_version SET version = version + 1;
    UPDATE experiment_version SET version = (SELECT version FROM definition_version)
        WHERE experiment_id IN (SELECT experiment_id FROM phase WHERE phase_id = NEW.phase_id);
END;
CREATE TRIGGER phase_variant_update_is_counted AFTER UPDATE ON phase_variant BEGIN
    UPDATE definition_version SET version = version + 1;
    UPDATE experiment_version SET version = (SELECT version FROM definition_version)
        WHERE experiment_id IN (SELECT experiment_id FROM phase WHERE phase_id IN (OLD.phase_id, NEW.phase_id));
END;
CREATE TRIGGER phase_variant_delete_is_counted AFTER DELETE ON phase_variant BEGIN
    UPDATE definition_version SET version = version + 1;
    UPDATE experiment_version SET version = (SELECT version FROM definition_version)
        WHERE experiment_id IN (SELECT experiment_id FROM phase WHERE phase_id = OLD.phase_id);
END;

CREATE TRIGGER metric_role_insert_is_counted AFTER INSERT ON metric_role BEGIN
    UPDATE definition_version SET version = version + 1;
    UPDATE experiment_version SET version = (SELECT version FROM definition_version)
        WHERE experiment_id = NEW.experiment_id;
END;
CREATE TRIGGER metric_role_update_is_counted AFTER UPDATE ON metric_role BEGIN
    UPDATE definition_version SET version = version + 1;
    UPDATE experiment_version SET version = (SELECT version FROM definition_version)
        WHERE experiment_id IN (OLD.experiment_id, NEW.experiment_id);
END;
CREATE TRIGGER metric_role_delete_is_counted AFTER DELETE ON metric_role BEGIN
    UPDATE definition_version SET version = version + 1;
    UPDATE experiment_version SET version = (SELECT version FROM definition_version)
        WHERE experiment_id = OLD.experiment_id;
END;

CREATE TRIGGER experiment_schedule_insert_is_counted AFTER INSERT ON experiment_schedule BEGIN
    UPDATE definition_version SET version = version + 1;
    UPDATE experiment_version SET version = (SELECT version FROM definition_version)
        WHERE experiment_id = NEW.experiment_id;
END;
CREATE TRIGGER experiment_schedule_update_is_counted AFTER UPDATE ON experiment_schedule BEGIN
    UPDATE definition_version SET version = version + 1;
    UPDATE experiment_version SET version = (SELECT version FROM definition_version)
        WHERE experiment_id IN (OLD.experiment_id, NEW.experiment_id);
END;
CREATE TRIGGER experiment_schedule_delete_is_counted AFTER DELETE ON experiment_schedule BEGIN
    UPDATE definition_version SET version = version + 1;
    UPDATE experiment_version SET version = (SELECT version FROM definition_version)
        WHERE experiment_id = OLD.experiment_id;
END;

CREATE TRIGGER phase_design_insert_is_counted AFTER INSERT ON phase_design BEGIN
    UPDATE definition_version SET version = version + 1;
    UPDATE experiment_version SET version = (SELECT version FROM definition_version)
        WHERE experiment_id IN (SELECT experiment_id FROM phase WHERE phase_id = NEW.phase_id);
END;
CREATE TRIGGER phase_design_update_is_counted AFTER UPDATE ON phase_design BEGIN
    UPDATE definition_version SET version = version + 1;
    UPDATE experiment_version SET version = (SELECT version FROM definition_version)
        WHERE experiment_id IN (SELECT experiment_id FROM phase WHERE phase_id IN (OLD.phase_id, NEW.phase_id));
END;
CREATE TRIGGER phase_design_delete_is_counted AFTER DELETE ON phase_design BEGIN
    UPDATE definition_version SET version = version + 1;
    UPDATE experiment_version SET version = (SELECT version FROM definition_version)
        WHERE experiment_id IN (SELECT experiment_id FROM phase WHERE phase_id = OLD.phase_id);
END;

CREATE TRIGGER phase_coverage_insert_is_counted AFTER INSERT ON phase_coverage BEGIN
    UPDATE definition_version SET version = version + 1;
    UPDATE experiment_version SET version = (SELECT version FROM definition_version)
        WHERE experiment_id IN (SELECT experiment_id FROM phase WHERE phase_id = NEW.phase_id);
END;
CREATE TRIGGER phase_coverage_delete_is_counted AFTER DELETE ON phase_coverage BEGIN
    UPDATE definition_version SET version = version + 1;
    UPDATE experiment_version SET version = (SELECT version FROM definition_version)
        WHERE experiment_id IN (SELECT experiment_id FROM phase WHERE phase_id = OLD.phase_id);
END;

CREATE TRIGGER unit_override_insert_is_counted AFTER INSERT ON unit_override BEGIN
    UPDATE definition_version SET version = version + 1;
    UPDATE experiment_version SET version = (SELECT version FROM definition_version)
        WHERE experiment_id = NEW.experiment_id;
END;
CREATE TRIGGER unit_override_update_is_counted AFTER UPDATE ON unit_override BEGIN
    UPDATE definition_version SET version = version + 1;
    UPDATE experiment_version SET version = (SELECT version FROM definition_version)
        WHERE experiment_id IN (OLD.experiment_id, NEW.experiment_id);
END;
CREATE TRIGGER unit_override_delete_is_counted AFTER DELETE ON unit_override BEGIN
    UPDATE definition_version SET version = version + 1;
    UPDATE experiment_version SET version = (SELECT version FROM definition_version)
        WHERE experiment_id = OLD.experiment_id;
END;

CREATE TRIGGER experiment_plan_insert_is_counted AFTER INSERT ON experiment_plan BEGIN
    UPDATE definition_version SET version = version + 1;
    UPDATE experiment_version SET version = (SELECT version FROM definition_version)
        WHERE experiment_id = NEW.experiment_id;
END;
CREATE TRIGGER experiment_plan_update_is_counted AFTER UPDATE ON experiment_plan BEGIN
    UPDATE definition_version SET version = version + 1;
    UPDATE experiment_version SET version = (SELECT version FROM definition_version)
        WHERE experiment_id IN (OLD.experiment_id, NEW.experiment_id);
END;
CREATE TRIGGER experiment_plan_delete_is_counted AFTER DELETE ON experiment_plan BEGIN
    UPDATE definition_version SET version = version + 1;
    UPDATE experiment_version SET version = (SELECT version FROM definition_version)
        WHERE experiment_id = OLD.experiment_id;
END;

-- ---- A row that takes the number of another one ----
--
-- INSERT OR REPLACE and UPDATE OR REPLACE delete that one without a trigger of its deletion, unless
-- PRAGMA recursive_triggers is on; and a variant or a phase may have been another experiment's.

CREATE TRIGGER variant_replaced_by_insert_is_counted BEFORE INSERT ON variant
WHEN EXISTS (SELECT 1 FROM variant WHERE variant_id = NEW.variant_id) BEGIN
    UPDATE definition_version SET version = version + 1;
    UPDATE experiment_version SET version = (SELECT version FROM definition_version)
        WHERE experiment_id IN (SELECT experiment_id FROM variant WHERE variant_id = NEW.variant_id);
END;
CREATE TRIGGER variant_replaced_by_update_is_counted BEFORE UPDATE ON variant
WHEN NEW.variant_id <> OLD.variant_id AND EXISTS (SELECT 1 FROM variant WHERE variant_id = NEW.variant_id) BEGIN
    UPDATE definition_version SET version = version + 1;
    UPDATE experiment_version SET version = (SELECT version FROM definition_version)
        WHERE experiment_id IN (SELECT experiment_id FROM variant WHERE variant_id = NEW.variant_id);
END;
CREATE TRIGGER phase_replaced_by_insert_is_counted BEFORE INSERT ON phase
WHEN EXISTS (SELECT 1 FROM phase WHERE phase_id = NEW.phase_id) BEGIN
    UPDATE definition_version SET version = version + 1;
    UPDATE experiment_version SET version = (SELECT version FROM definition_version)
        WHERE experiment_id IN (SELECT experiment_id FROM phase WHERE phase_id = NEW.phase_id);
END;
CREATE TRIGGER phase_replaced_by_update_is_counted BEFORE UPDATE ON phase
WHEN NEW.phase_id <> OLD.phase_id AND EXISTS (SELECT 1 FROM phase WHERE phase_id = NEW.phase_id) BEGIN
    UPDATE definition_version SET version = version + 1;
    UPDATE experiment_version SET version = (SELECT version FROM definition_version)
        WHERE experiment_id IN (SELECT experiment_id FROM phase WHERE phase_id = NEW.phase_id);
END;
