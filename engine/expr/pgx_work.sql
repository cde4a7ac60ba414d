-- Working time by a calendar, and moments moved by a duration. Days that a calendar names lie
-- in a stretch of a few years: outside of it whole weeks are skipped.

-- hours: how many spans each weekday has; early: the first weekday that has any, from 1.
CREATE OR REPLACE FUNCTION x_calendar(calendar text, OUT hours int[], OUT tag text[],
    OUT low bigint[], OUT high bigint[], OUT a_week int, OUT early int, OUT first_ bigint, OUT last_ bigint)
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
    SELECT array_agg(m[1] ORDER BY n), array_agg(m[2]::bigint ORDER BY n),
        array_agg(m[3]::bigint ORDER BY n),
        coalesce(min(m[2]::bigint) FILTER (WHERE m[1] IN ('h', 'k')), 2932897),
        coalesce(max(m[3]::bigint) FILTER (WHERE m[1] IN ('h', 'k')), -719163)
    INTO tag, low, high, first_, last_
    FROM regexp_matches(calendar, '([0-6hk])(-?[0-9]+):(-?[0-9]+);', 'g') WITH ORDINALITY AS r(m, n);
    hours := ARRAY(SELECT cardinality(array_positions(tag, w::text)) FROM generate_series(0, 6) AS g(w) ORDER BY w);
    a_week := 7 - cardinality(array_positions(hours, 0));
    early := coalesce((SELECT min(n) FROM unnest(hours) WITH ORDINALITY AS u(v, n) WHERE v > 0), 7);
END $$;

-- The weekday, from 0, whose hours a day has; NULL: it is free. A worked weekend has the hours
-- of the first weekday that has any.
CREATE OR REPLACE FUNCTION x_work_day(day bigint, hours int[], early int, tag text[], low bigint[], high bigint[])
RETURNS int LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    w int := (((day + 3) % 7) + 7) % 7;
    free boolean := FALSE;
BEGIN
    FOR i IN 1 .. coalesce(cardinality(tag), 0) LOOP
        CONTINUE WHEN tag[i] NOT IN ('h', 'k') OR day NOT BETWEEN low[i] AND high[i];
        IF tag[i] = 'k' THEN
            IF hours[w + 1] = 0 THEN w := early - 1; END IF;
            RETURN CASE WHEN hours[w + 1] > 0 THEN w END;
        END IF;
        free := TRUE;
    END LOOP;
    RETURN CASE WHEN NOT free AND hours[w + 1] > 0 THEN w END;
END $$;

-- Whole weeks from a day in a direction that touch no named day.
CREATE OR REPLACE FUNCTION x_free_weeks(day bigint, step int, first_ bigint, last_ bigint)
RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT greatest((CASE WHEN first_ <= last_ AND step > 0 AND day < last_ THEN first_ - 1
        WHEN first_ <= last_ AND step < 0 AND day > first_ THEN last_ + 1
        WHEN step > 0 THEN 2932896 ELSE -719162 END - day) * step / 7, 0)
$$;

CREATE OR REPLACE FUNCTION x_add_workdays(d date, n double precision, calendar text)
RETURNS date LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    c record;
    day bigint := x_day(d);
    step int := CASE WHEN n <= -1 THEN -1 ELSE 1 END;
    left_ bigint;
    weeks bigint;
BEGIN
    IF abs(trunc(n)) > 4000000 OR x_fits(d) IS NULL THEN RETURN NULL; END IF;
    left_ := abs(trunc(n))::bigint;
    c := x_calendar(calendar);
    WHILE left_ > 0 LOOP
        weeks := x_free_weeks(day, step, c.first_, c.last_);
        IF c.a_week > 0 THEN weeks := least(weeks, (left_ - 1) / c.a_week); END IF;
        day := day + weeks * 7 * step;
        left_ := left_ - weeks * c.a_week;
        FOR i IN 1 .. 7 LOOP
            EXIT WHEN left_ <= 0;
            day := day + step;
            IF x_work_day(day, c.hours, c.early, c.tag, c.low, c.high) IS NOT NULL THEN left_ := left_ - 1; END IF;
        END LOOP;
        IF day NOT BETWEEN -719162 AND 2932896 THEN RETURN NULL; END IF;
    END LOOP;
    RETURN x_date(day);
END $$;

CREATE OR REPLACE FUNCTION x_workdays(a date, b date, calendar text)
RETURNS double precision LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    c record;
    day bigint := x_day(a);
    last bigint := x_day(b);
    weeks bigint;
    n bigint := 0;
BEGIN
    IF a > b THEN RETURN -x_workdays(b, a, calendar); END IF;
    c := x_calendar(calendar);
    WHILE day <= last LOOP
        weeks := least(x_free_weeks(day - 1, 1, c.first_, c.last_), (last - day + 1) / 7);
        n := n + weeks * c.a_week;
        day := day + weeks * 7;
        FOR i IN 1 .. 7 LOOP
            EXIT WHEN day > last;
            IF x_work_day(day, c.hours, c.early, c.tag, c.low, c.high) IS NOT NULL THEN n := n + 1; END IF;
            day := day + 1;
        END LOOP;
    END LOOP;
    RETURN n;
END $$;

CREATE OR REPLACE FUNCTION x_work_seconds(a timestamptz, b timestamptz, zone text, calendar text)
RETURNS bigint LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    c record;
    w int;
    d date;
    open_ timestamptz;
    close_ timestamptz;
    sum bigint := 0;
BEGIN
    IF a > b THEN RETURN -x_work_seconds(b, a, zone, calendar); END IF;
    c := x_calendar(calendar);
    FOR day IN x_day((a AT TIME ZONE zone)::date) .. x_day((b AT TIME ZONE zone)::date) LOOP
        w := x_work_day(day, c.hours, c.early, c.tag, c.low, c.high);
        CONTINUE WHEN w IS NULL;
        d := DATE '1970-01-01' + day;
        FOR i IN 1 .. cardinality(c.tag) LOOP
            CONTINUE WHEN c.tag[i] <> w::text;
            open_ := greatest(x_at(d + c.low[i] * INTERVAL '1 second', zone), a);
            close_ := least(x_at(d + c.high[i] * INTERVAL '1 second', zone), b);
            IF close_ > open_ THEN sum := sum + extract(epoch FROM close_ - open_)::bigint; END IF;
        END LOOP;
    END LOOP;
    RETURN sum;
END $$;

CREATE OR REPLACE FUNCTION x_work_hours(a timestamptz, b timestamptz, zone text, calendar text)
RETURNS double precision LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN abs(extract(epoch FROM b) - extract(epoch FROM a)) <= 86400.0 * 36600
        THEN x_work_seconds(a, b, zone, calendar)::double precision / 3600 END
$$;

-- So many working seconds later, or earlier; within a day its spans are taken in that order.
CREATE OR REPLACE FUNCTION x_add_work_seconds(at timestamptz, n bigint, zone text, calendar text)
RETURNS timestamptz LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    c record := x_calendar(calendar);
    day bigint := x_day((at AT TIME ZONE zone)::date);
    step int := CASE WHEN n < 0 THEN -1 ELSE 1 END;
    left_ bigint := abs(n);
    most int := coalesce(cardinality(c.tag), 0);
    w int;
    d date;
    i int;
    length_ bigint;
    open_ timestamptz;
    close_ timestamptz;
BEGIN
    IF n = 0 OR c.a_week = 0 AND NOT 'k' = ANY (c.tag) THEN RETURN CASE WHEN n = 0 THEN at END; END IF;
    WHILE step > 0 AND day <= 2932896 OR step < 0 AND day >= -719162 LOOP
        d := DATE '1970-01-01' + day::int;
        w := x_work_day(day, c.hours, c.early, c.tag, c.low, c.high);
        FOR k IN 1 .. CASE WHEN w IS NULL THEN 0 ELSE most END LOOP
            i := CASE WHEN step > 0 THEN k ELSE most + 1 - k END;
            CONTINUE WHEN c.tag[i] <> w::text;
            open_ := x_at(d + c.low[i] * INTERVAL '1 second', zone);
            close_ := x_at(d + c.high[i] * INTERVAL '1 second', zone);
            IF step > 0 THEN open_ := greatest(open_, at); ELSE close_ := least(close_, at); END IF;
            CONTINUE WHEN close_ <= open_;
            length_ := extract(epoch FROM close_ - open_)::bigint;
            IF left_ <= length_ THEN
                RETURN CASE WHEN step > 0 THEN open_ + left_ * INTERVAL '1 second'
                    ELSE close_ - left_ * INTERVAL '1 second' END;
            END IF;
            left_ := left_ - length_;
        END LOOP;
        day := day + step;
    END LOOP;
    RETURN NULL;
END $$;

-- ---- moments moved by a duration ----

CREATE OR REPLACE FUNCTION x_move(at timestamptz, span text, way int, zone text, calendar text)
RETURNS timestamptz LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    n bigint := rtrim(span, 'smhdwb')::bigint * way;
    unit text := ltrim(span, '-0123456789');
    here date := (at AT TIME ZONE zone)::date;
    to_ date;
BEGIN
    IF x_instant(at) IS NULL THEN RETURN NULL; END IF;
    IF unit IN ('s', 'm', 'h') THEN
        n := x_seconds(n || unit);
        IF abs(n) > 400000000000 THEN RETURN NULL; END IF;
        RETURN x_instant(at + n * INTERVAL '1 second');
    ELSIF unit = 'bh' THEN
        IF abs(n) > 4000000000 THEN RETURN NULL; END IF;
        RETURN x_instant(x_add_work_seconds(at, n * 3600, zone, calendar));
    ELSIF unit = 'bd' THEN
        to_ := x_add_workdays(here, greatest(least(n, 4000000), -4000000), calendar);
    ELSIF unit = 'w' THEN
        to_ := x_add_days(here, n * 7);
    ELSE
        to_ := x_add_days(here, n);
    END IF;
    RETURN x_instant(x_on(to_, at, zone));
END $$;

-- A date moved stays a date: hours count from its midnight.
CREATE OR REPLACE FUNCTION x_move(day date, span text, way int, zone text, calendar text)
RETURNS date LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE n double precision := rtrim(span, 'smhdwb')::double precision * way;
BEGIN
    RETURN CASE ltrim(span, '-0123456789') WHEN 'w' THEN x_add_days(day, n * 7)
        WHEN 'd' THEN x_add_days(day, n) WHEN 'bd' THEN x_add_workdays(day, n, calendar)
        ELSE (x_move(x_at(day::timestamp, zone), span, way, zone, calendar) AT TIME ZONE zone)::date END;
END $$;
