-- A schema that shadows what statements call by name. Each trap has a signature that is at least as good as the server's
-- own; once sprung it notes its number in a sequence, which no rollback takes back, and raises an error.
CREATE SCHEMA mallory;
CREATE SEQUENCE mallory.sprung MINVALUE 0;
CREATE TABLE mallory.traps (number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, shadows text NOT NULL);

-- A function that springs. Two of one signature are one.
CREATE FUNCTION mallory.set_trap(name text, arguments text, result text, shadows text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE trap bigint;
BEGIN
    INSERT INTO mallory.traps (shadows) VALUES (set_trap.shadows) RETURNING number INTO trap;
    EXECUTE format(
        'CREATE FUNCTION mallory.%I(%s) RETURNS %s LANGUAGE plpgsql AS %L', name, arguments, result,
        format('BEGIN PERFORM pg_catalog.setval(''mallory.sprung'', %s); RAISE EXCEPTION ''a trap''; END', trap));
    RETURN true;
EXCEPTION WHEN duplicate_function THEN RETURN false;
END $$;

CREATE PROCEDURE mallory.set_aggregate_trap(name text, arguments regtype[], result text) LANGUAGE plpgsql AS $$
DECLARE types text := array_to_string(arguments, ', ');
BEGIN
    PERFORM mallory.set_trap(
        'step_of_' || name, concat_ws(', ', result, nullif(types, '')), result, format('%s(%s)', name, types));
    EXECUTE format(
        'CREATE AGGREGATE mallory.%I(%s) (SFUNC = mallory.%I, STYPE = %s)',
        name, coalesce(nullif(types, ''), '*'), 'step_of_' || name, result);
EXCEPTION WHEN duplicate_function THEN NULL;
END $$;

-- Types of values that may be passed where a function takes the formal type.
CREATE FUNCTION mallory.actual_types(formal oid) RETURNS regtype[] LANGUAGE sql AS $$
    SELECT CASE
        WHEN formal IN ('anyelement'::regtype, 'anynonarray'::regtype, 'anycompatible'::regtype, '"any"'::regtype)
            THEN '{text,varchar,name,"\"char\"",int,bigint,numeric,oid,uuid,jsonb,bytea,tid,xid}'
        WHEN formal IN ('anyarray'::regtype, 'anycompatiblearray'::regtype)
            THEN '{text[],varchar[],name[],"\"char\"[]",int2[],int[],bigint[],oid[],uuid[],jsonb[],bytea[],tid[],xid[],int2vector}'
        WHEN formal = 'anyenum'::regtype THEN '{public.mood}'
        WHEN formal = 'text'::regtype THEN '{text,varchar,bpchar,name,"\"char\""}'
        WHEN formal = 'oid'::regtype THEN '{oid,regclass,regproc,regnamespace,int,bigint}'
        WHEN formal = 'regclass'::regtype THEN '{regclass,oid,text}'
        WHEN formal IN ('numeric'::regtype, 'float8'::regtype) THEN '{numeric,float8,float4,int,bigint}'
        WHEN formal = 'int8'::regtype THEN '{int8,int4,int2}'
        WHEN formal = 'name'::regtype THEN '{name,text,varchar}'
        ELSE ARRAY[formal::regtype] END::regtype[]
$$;

CREATE FUNCTION mallory.signatures(formal oid[]) RETURNS SETOF regtype[] LANGUAGE plpgsql AS $$
BEGIN
    IF cardinality(formal) = 0 THEN
        RETURN NEXT ARRAY[]::regtype[];
    ELSE
        RETURN QUERY
            SELECT head || tail FROM unnest(mallory.actual_types(formal[1])) AS head, mallory.signatures(formal[2:]) AS tail;
    END IF;
END $$;

CREATE FUNCTION mallory.result_type(formal oid, arguments regtype[]) RETURNS text LANGUAGE sql AS $$
    SELECT format_type(CASE
        WHEN formal IN ('anyarray'::regtype, 'anycompatiblearray'::regtype)
            THEN coalesce((SELECT typarray FROM pg_type WHERE oid = arguments[1] AND typarray <> 0), arguments[1])
        WHEN formal = 'anyenum'::regtype THEN arguments[1]
        WHEN formal IN ('anyelement'::regtype, 'anynonarray'::regtype, 'anycompatible'::regtype)
            THEN coalesce((SELECT typelem FROM pg_type WHERE oid = arguments[1] AND typelem <> 0), arguments[1])
        ELSE formal END, NULL)
$$;

-- Every overload of a function of the server, with every type that its arguments may have.
CREATE PROCEDURE mallory.shadow_function(shadowed text) LANGUAGE plpgsql AS $$
DECLARE
    overload record;
    types regtype[];
    result text;
BEGIN
    FOR overload IN
        SELECT p.oid, p.prokind, p.proretset, p.prorettype, formal.types
        FROM pg_proc p
        CROSS JOIN LATERAL (
            SELECT p.proargtypes::oid[] AS types WHERE p.provariadic <> '"any"'::regtype
            UNION ALL
            SELECT p.proargtypes[0:p.pronargs - 2]::oid[] || array_fill('text'::regtype::oid, ARRAY[more])
            FROM generate_series(0, 3) AS more WHERE p.provariadic = '"any"'::regtype) AS formal
        WHERE p.pronamespace = 'pg_catalog'::regnamespace AND p.proname = shadowed AND p.prokind IN ('f', 'a')
          -- What takes or gives what no value of a table is can't be taken for one of these.
          AND NOT EXISTS (
            SELECT FROM pg_type t
            WHERE t.oid = ANY (p.proargtypes::oid[] || p.prorettype) AND t.typtype = 'p' AND t.typname NOT IN (
                'any', 'anyelement', 'anynonarray', 'anycompatible', 'anyarray', 'anycompatiblearray', 'anyenum', 'record', 'void'))
    LOOP
        FOR types IN SELECT mallory.signatures(ARRAY(SELECT unnest(overload.types))) LIMIT 700 LOOP
            result := mallory.result_type(overload.prorettype, types);
            IF overload.prokind = 'f' THEN
                PERFORM mallory.set_trap(
                    shadowed, array_to_string(types, ', '), CASE WHEN overload.proretset THEN 'SETOF ' ELSE '' END || result,
                    format('%s(%s)', shadowed, array_to_string(types, ', ')));
            ELSE
                CALL mallory.set_aggregate_trap(shadowed, types, result);
            END IF;
        END LOOP;
    END LOOP;
END $$;

-- An operator of that name between every two of the types.
CREATE PROCEDURE mallory.shadow_operator(shadowed text, types regtype[]) LANGUAGE plpgsql AS $$
DECLARE
    pair record;
    called text;
BEGIN
    FOR pair IN
        SELECT l, r, coalesce(
            (SELECT o.oprresult::regtype FROM pg_operator o JOIN pg_type t ON t.oid = o.oprresult
             WHERE o.oprname = shadowed AND o.oprnamespace = 'pg_catalog'::regnamespace AND t.typtype = 'b'
             ORDER BY o.oprleft = l DESC, o.oprright = r DESC LIMIT 1), 'bool') AS result
        FROM unnest(types) AS l, unnest(types) AS r
    LOOP
        called := 'operator_' || pair.result;
        PERFORM mallory.set_trap(
            called, format('%s, %s', pair.l, pair.r), pair.result::text,
            format('an operator between %s and %s', pair.l, pair.r));
        EXECUTE format(
            'CREATE OPERATOR mallory.%s (LEFTARG = %s, RIGHTARG = %s, FUNCTION = mallory.%I)',
            shadowed, pair.l, pair.r, called);
    END LOOP;
END $$;

-- A type that springs where a value becomes one.
CREATE PROCEDURE mallory.shadow_type(shadowed text) LANGUAGE plpgsql AS $$
BEGIN
    IF to_regtype(format('pg_catalog.%I', shadowed)) IS NULL THEN
        RETURN;
    END IF;
    PERFORM mallory.set_trap('check_' || shadowed, format('pg_catalog.%I', shadowed), 'boolean', 'type ' || shadowed);
    EXECUTE format(
        'CREATE DOMAIN mallory.%1$I AS pg_catalog.%1$I CHECK (mallory.%2$I(VALUE))', shadowed, 'check_' || shadowed);
END $$;
