-- Dates, instants and working time. Dates are those of the years 1 to 9999, what lies outside
-- is NULL. A zone is a name of the tz database; a calendar is one text, see raw.c.

CREATE OR REPLACE FUNCTION x_day(d date)
RETURNS int LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT d - DATE '1970-01-01' $$;

CREATE OR REPLACE FUNCTION x_date(n bigint)
RETURNS date LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN n BETWEEN -719162 AND 2932896 THEN DATE '1970-01-01' + n::int END
$$;

CREATE OR REPLACE FUNCTION x_fits(d date)
RETURNS date LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN d BETWEEN DATE '0001-01-01' AND DATE '9999-12-31' THEN d END
$$;

CREATE OR REPLACE FUNCTION x_instant(at timestamptz)
RETURNS timestamptz LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN at >= TIMESTAMPTZ '0001-01-01 00:00:00Z'
        AND at < TIMESTAMPTZ '10000-01-01 00:00:00Z' THEN at END
$$;

-- The instant of a local time: in a gap the time after it, in an overlap the first.
CREATE OR REPLACE FUNCTION x_at(local timestamp, zone text)
RETURNS timestamptz LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    before interval := ((local - INTERVAL '1 day') AT TIME ZONE 'UTC') AT TIME ZONE zone
        - (local - INTERVAL '1 day');
    first_ timestamptz := (local - before) AT TIME ZONE 'UTC';
BEGIN
    IF first_ AT TIME ZONE zone = local THEN RETURN x_instant(first_); END IF;
    RETURN x_instant(local AT TIME ZONE zone);
END $$;

-- The first instant at which the clock shows that or later.
CREATE OR REPLACE FUNCTION x_reach(local timestamp, zone text)
RETURNS timestamptz LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    before interval := ((local - INTERVAL '1 day') AT TIME ZONE 'UTC') AT TIME ZONE zone
        - (local - INTERVAL '1 day');
    high timestamptz := (local - before) AT TIME ZONE 'UTC';
    low timestamptz := local AT TIME ZONE zone;
    middle timestamptz;
BEGIN
    IF high AT TIME ZONE zone = local THEN RETURN high; END IF;
    IF low AT TIME ZONE zone = local THEN RETURN low; END IF;
    low := high - INTERVAL '86400 seconds';
    WHILE high - low > INTERVAL '1 second' LOOP
        middle := low + floor(extract(epoch FROM high - low) / 2) * INTERVAL '1 second';
        IF middle AT TIME ZONE zone < local THEN low := middle; ELSE high := middle; END IF;
    END LOOP;
    RETURN high;
END $$;

CREATE OR REPLACE FUNCTION x_at(d date, t time, zone text)
RETURNS timestamptz LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT x_at(d + t, zone) $$;

-- Another day with the time of the day that `at` has there.
CREATE OR REPLACE FUNCTION x_on(d date, at timestamptz, zone text)
RETURNS timestamptz LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT x_at(d + (at AT TIME ZONE zone)::time, zone)
$$;

-- ---- reading ----

CREATE OR REPLACE FUNCTION x_read_date(t text)
RETURNS date LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
    IF t !~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' THEN RETURN NULL; END IF;
    RETURN x_date(left(t, 4)::float8, substr(t, 6, 2)::float8, substr(t, 9, 2)::float8);
END $$;

CREATE OR REPLACE FUNCTION x_date(y double precision, m double precision, d double precision)
RETURNS date LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
    y := trunc(y); m := trunc(m); d := trunc(d);
    IF y NOT BETWEEN 1 AND 9999 OR m NOT BETWEEN 1 AND 12 OR d NOT BETWEEN 1 AND 31 THEN RETURN NULL; END IF;
    IF d > extract(day FROM make_date(y::int, m::int, 1) + INTERVAL '1 month - 1 day') THEN RETURN NULL; END IF;
    RETURN make_date(y::int, m::int, d::int);
END $$;

CREATE OR REPLACE FUNCTION x_datetime(t text, zone text)
RETURNS timestamptz LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    m text[] := regexp_match(t, '^([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[Tt ]([0-9]{2}):([0-9]{2})'
        '(?::([0-9]{2})(?:\.[0-9]+)?)?(?:([Zz])|([+-])([0-9]{2})(?::?([0-9]{2}))?)?)?$');
    d date := x_read_date(m[1]);
    s int := coalesce(m[2]::int * 3600 + m[3]::int * 60 + coalesce(m[4], '0')::int, 0);
    east int := coalesce(m[7]::int * 3600 + coalesce(m[8], '0')::int * 60, 0);
BEGIN
    IF d IS NULL OR m[2]::int > 23 OR m[3]::int > 59 OR m[4]::int > 60 OR m[7]::int > 23
        OR m[8]::int > 59 THEN RETURN NULL; END IF;
    IF m[5] IS NULL AND m[6] IS NULL THEN RETURN x_at(d + s * INTERVAL '1 second', zone); END IF;
    IF m[6] = '-' THEN east := -east; END IF;
    RETURN (d + (s - east) * INTERVAL '1 second') AT TIME ZONE 'UTC';
END $$;

CREATE OR REPLACE FUNCTION x_datetime(t text, clock time, zone text)
RETURNS timestamptz LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT x_at(x_read_date(t) + clock, zone)
$$;

CREATE OR REPLACE FUNCTION x_date(t text, zone text)
RETURNS date LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT coalesce(x_read_date(t), (x_datetime(t, zone) AT TIME ZONE zone)::date)
$$;

-- ---- steps by the calendar ----

CREATE OR REPLACE FUNCTION x_add_days(d date, n double precision)
RETURNS date LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN abs(trunc(n)) < 1e8 THEN x_date(x_day(d) + trunc(n)::bigint) END
$$;

CREATE OR REPLACE FUNCTION x_add_few(d date, n double precision)
RETURNS date LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN abs(trunc(n)) < 1e7 THEN x_date(x_day(d) + trunc(n)::bigint) END
$$;

CREATE OR REPLACE FUNCTION x_add_months(d date, n double precision, each int DEFAULT 1)
RETURNS date LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE m bigint;
BEGIN
    IF abs(trunc(n)) > 120000 THEN RETURN NULL; END IF;
    m := extract(year FROM d)::bigint * 12 + extract(month FROM d)::bigint - 1 + trunc(n)::bigint * each;
    IF m NOT BETWEEN 12 AND 119999 THEN RETURN NULL; END IF;
    RETURN d + trunc(n)::int * each * INTERVAL '1 month';
END $$;

CREATE OR REPLACE FUNCTION x_full_months(a date, b date)
RETURNS int LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE m int;
BEGIN
    IF a > b THEN RETURN -x_full_months(b, a); END IF;
    m := (extract(year FROM b) - extract(year FROM a)) * 12 + extract(month FROM b) - extract(month FROM a);
    RETURN CASE WHEN m > 0 AND a + m * INTERVAL '1 month' > b THEN m - 1 ELSE m END;
END $$;

CREATE OR REPLACE FUNCTION x_days(a date, b date, unit text DEFAULT 'd')
RETURNS double precision LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE lower(unit COLLATE "C") WHEN 'd' THEN b - a WHEN 'day' THEN b - a
        WHEN 'w' THEN (b - a) / 7 WHEN 'week' THEN (b - a) / 7
        WHEN 'm' THEN x_full_months(a, b) WHEN 'month' THEN x_full_months(a, b)
        WHEN 'y' THEN x_full_months(a, b) / 12 WHEN 'year' THEN x_full_months(a, b) / 12 END
$$;

CREATE OR REPLACE FUNCTION x_age(born date, day date)
RETURNS double precision LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN born <= day THEN x_full_months(born, day) / 12 END
$$;

CREATE OR REPLACE FUNCTION x_start_of(d date, unit text)
RETURNS date LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT x_fits(CASE lower(unit COLLATE "C") WHEN 'day' THEN d
        WHEN 'week' THEN d - extract(isodow FROM d)::int + 1
        WHEN 'month' THEN date_trunc('month', d::timestamp)::date
        WHEN 'quarter' THEN date_trunc('quarter', d::timestamp)::date
        WHEN 'year' THEN date_trunc('year', d::timestamp)::date END)
$$;

CREATE OR REPLACE FUNCTION x_end_of(d date, unit text)
RETURNS date LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT x_fits(CASE lower(unit COLLATE "C") WHEN 'day' THEN d
        WHEN 'week' THEN d - extract(isodow FROM d)::int + 7
        WHEN 'month' THEN (date_trunc('month', d::timestamp) + INTERVAL '1 month - 1 day')::date
        WHEN 'quarter' THEN (date_trunc('quarter', d::timestamp) + INTERVAL '3 months - 1 day')::date
        WHEN 'year' THEN (date_trunc('year', d::timestamp) + INTERVAL '1 year - 1 day')::date END)
$$;

CREATE OR REPLACE FUNCTION x_end_of(d date, months double precision DEFAULT 0)
RETURNS date LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT x_end_of(x_add_months(d, months), 'month')
$$;

