-- Working time by a calendar, and moments moved by a duration. Whole weeks are skipped in which no
-- day has hours of its own and, where seconds are counted, the clock does not change.

-- week: where the spans of each weekday begin, 0 on a free one.
CREATE OR REPLACE FUNCTION x_hours(calendar text, OUT zone text, OUT tag text[], OUT low bigint[],
    OUT high bigint[], OUT week int[], OUT days_a_week int, OUT a_week bigint)
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
    zone := split_part(calendar, '|', 1);
    SELECT coalesce(array_agg(m[1] ORDER BY n), '{}'), coalesce(array_agg(m[2]::bigint ORDER BY n), '{}'),
        coalesce(array_agg(m[3]::bigint ORDER BY n), '{}'),
        coalesce(sum(m[3]::bigint - m[2]::bigint) FILTER (WHERE m[1] NOT IN ('d', 's')), 0)
    INTO tag, low, high, a_week
    FROM regexp_matches(calendar, '([0-6ds])(-?[0-9]+):(-?[0-9]+);', 'g') WITH ORDINALITY AS r(m, n);
    week := ARRAY(SELECT coalesce(array_position(tag, w::text), 0) FROM generate_series(0, 6) AS g(w) ORDER BY w);
    days_a_week := 7 - cardinality(array_positions(week, 0));
END $$;

-- Where the spans of a day begin; 0: it is free.
CREATE OR REPLACE FUNCTION x_day_hours(day bigint, week int[], tag text[], low bigint[], high bigint[])
RETURNS int LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
    FOR i IN 1 .. cardinality(tag) LOOP
        CONTINUE WHEN tag[i] <> 'd' OR day NOT BETWEEN low[i] AND high[i];
        RETURN CASE WHEN tag[i + 1] = 's' THEN i + 1 ELSE 0 END;
    END LOOP;
    RETURN week[((day + 3) % 7 + 7) % 7 + 1];
END $$;

-- How many days from one on in a direction all have their weekday's hours.
CREATE OR REPLACE FUNCTION x_usual_days(day bigint, step int, tag text[], low bigint[], high bigint[])
RETURNS bigint LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE stop bigint := CASE WHEN step > 0 THEN 2932897 ELSE -719163 END;
BEGIN
    FOR i IN 1 .. cardinality(tag) LOOP
        CONTINUE WHEN tag[i] <> 'd';
        IF day BETWEEN low[i] AND high[i] THEN RETURN 0;
        ELSIF step > 0 AND low[i] > day THEN stop := least(stop, low[i]);
        ELSIF step < 0 AND high[i] < day THEN stop := greatest(stop, high[i]); END IF;
    END LOOP;
    RETURN greatest((stop - day) * step, 0);
END $$;

-- Weeks of which a day is the first (the last) and all of whose days are as long as any; at most so
-- many. No zone changes its clock and back within a week.
CREATE OR REPLACE FUNCTION x_usual_weeks(day bigint, step int, most bigint, zone text, tag text[], low bigint[],
    high bigint[])
RETURNS bigint LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    n bigint := least(x_usual_days(day, step, tag, low, high) / 7, most);
    k bigint := 0;
    first_ timestamp;
BEGIN
    WHILE k < n LOOP
        first_ := DATE '1970-01-01' + (CASE WHEN step > 0 THEN day + 7 * k ELSE day - 7 * k - 6 END)::int;
        EXIT WHEN x_reach(first_, zone) AT TIME ZONE zone <> first_
            OR x_reach(first_ + INTERVAL '7 days', zone) - x_reach(first_, zone) <> INTERVAL '168 hours';
        k := k + 1;
    END LOOP;
    RETURN k;
END $$;

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
    c := x_hours(calendar);
    WHILE left_ > 0 LOOP
        weeks := x_usual_days(day + step, step, c.tag, c.low, c.high) / 7;
        IF c.days_a_week > 0 THEN weeks := least(weeks, (left_ - 1) / c.days_a_week); END IF;
        day := day + weeks * 7 * step;
        left_ := left_ - weeks * c.days_a_week;
        CONTINUE WHEN weeks > 0;
        day := day + step;
        IF x_day_hours(day, c.week, c.tag, c.low, c.high) > 0 THEN left_ := left_ - 1; END IF;
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
    c := x_hours(calendar);
    WHILE day <= last LOOP
        weeks := least(x_usual_days(day, 1, c.tag, c.low, c.high), last - day + 1) / 7;
        n := n + weeks * c.days_a_week;
        day := day + weeks * 7;
        CONTINUE WHEN weeks > 0;
        IF x_day_hours(day, c.week, c.tag, c.low, c.high) > 0 THEN n := n + 1; END IF;
        day := day + 1;
    END LOOP;
    RETURN n;
END $$;

CREATE OR REPLACE FUNCTION x_work_seconds(a timestamptz, b timestamptz, calendar text)
RETURNS bigint LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    c record := x_hours(calendar);
    day bigint := x_day((a AT TIME ZONE c.zone)::date);
    d date;
    i int;
    weeks bigint;
    start_ timestamptz;
    open_ timestamptz;
    close_ timestamptz;
    sum bigint := 0;
BEGIN
    IF a > b THEN RETURN -x_work_seconds(b, a, calendar); END IF;
    WHILE day <= 2932896 LOOP
        d := DATE '1970-01-01' + day::int;
        start_ := x_reach(d::timestamp, c.zone);
        EXIT WHEN start_ >= b;
        weeks := 0;
        IF start_ >= a THEN
            weeks := x_usual_weeks(day, 1, floor(extract(epoch FROM b - start_) / 604800)::bigint, c.zone, c.tag,
                c.low, c.high);
        END IF;
        sum := sum + weeks * c.a_week;
        day := day + weeks * 7;
        CONTINUE WHEN weeks > 0;
        i := x_day_hours(day, c.week, c.tag, c.low, c.high);
        WHILE i > 0 LOOP
            open_ := greatest(x_reach(d + c.low[i] * INTERVAL '1 second', c.zone), a);
            close_ := least(x_reach(d + c.high[i] * INTERVAL '1 second', c.zone), b);
            IF close_ > open_ THEN sum := sum + extract(epoch FROM close_ - open_)::bigint; END IF;
            i := CASE WHEN c.tag[i + 1] = c.tag[i] THEN i + 1 ELSE 0 END;
        END LOOP;
        day := day + 1;
    END LOOP;
    RETURN sum;
END $$;

CREATE OR REPLACE FUNCTION x_work_hours(a timestamptz, b timestamptz, calendar text)
RETURNS double precision LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN abs(extract(epoch FROM b) - extract(epoch FROM a)) <= 86400.0 * 36600
        THEN x_work_seconds(a, b, calendar)::double precision / 3600 END
$$;

-- The first instant with so much working time since; the last with so much until then. Backwards
-- from the day after: where the clock went back over midnight it has begun already.
CREATE OR REPLACE FUNCTION x_add_work_seconds(at timestamptz, n bigint, calendar text)
RETURNS timestamptz LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    c record := x_hours(calendar);
    step int := CASE WHEN n < 0 THEN -1 ELSE 1 END;
    day bigint := x_day((at AT TIME ZONE c.zone)::date) + CASE WHEN n < 0 THEN 1 ELSE 0 END;
    left_ bigint := abs(n);
    weeks bigint;
    whole boolean;
    d date;
    i int;
    length_ bigint;
    open_ timestamptz;
    close_ timestamptz;
BEGIN
    IF n = 0 OR cardinality(c.tag) = 0 THEN RETURN CASE WHEN n = 0 THEN at END; END IF;
    WHILE day BETWEEN -719162 AND 2932897 LOOP
        d := DATE '1970-01-01' + day::int;
        whole := CASE WHEN step > 0 THEN x_reach(d::timestamp, c.zone) >= at
            ELSE x_reach((d + 1)::timestamp, c.zone) <= at END;
        weeks := CASE WHEN NOT whole THEN 0 WHEN c.a_week > 0 THEN (left_ - 1) / c.a_week ELSE 600000 END;
        IF weeks > 0 THEN weeks := x_usual_weeks(day, step, weeks, c.zone, c.tag, c.low, c.high); END IF;
        left_ := left_ - weeks * c.a_week;
        day := day + weeks * 7 * step;
        CONTINUE WHEN weeks > 0;
        i := x_day_hours(day, c.week, c.tag, c.low, c.high);
        WHILE step < 0 AND i > 0 AND c.tag[i + 1] = c.tag[i] LOOP i := i + 1; END LOOP;
        WHILE i > 0 LOOP
            open_ := x_reach(d + c.low[i] * INTERVAL '1 second', c.zone);
            close_ := x_reach(d + c.high[i] * INTERVAL '1 second', c.zone);
            IF step > 0 THEN open_ := greatest(open_, at); ELSE close_ := least(close_, at); END IF;
            length_ := greatest(extract(epoch FROM close_ - open_)::bigint, 0);
            IF left_ <= length_ THEN
                RETURN CASE WHEN step > 0 THEN open_ + left_ * INTERVAL '1 second'
                    ELSE close_ - left_ * INTERVAL '1 second' END;
            END IF;
            left_ := left_ - length_;
            i := CASE WHEN c.tag[i + step] = c.tag[i] THEN i + step ELSE 0 END;
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
    IF unit = 'bd' THEN
        zone := split_part(calendar, '|', 1);
        here := (at AT TIME ZONE zone)::date;
    END IF;
    IF x_instant(at) IS NULL THEN RETURN NULL; END IF;
    IF unit IN ('s', 'm', 'h') THEN
        n := x_seconds(n || unit);
        IF abs(n) > 400000000000 THEN RETURN NULL; END IF;
        RETURN x_instant(at + n * INTERVAL '1 second');
    ELSIF unit = 'bh' THEN
        IF abs(n) > 4000000000 THEN RETURN NULL; END IF;
        RETURN x_instant(x_add_work_seconds(at, n * 3600, calendar));
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
    IF right(span, 2) = 'bh' THEN zone := split_part(calendar, '|', 1); END IF;
    RETURN CASE ltrim(span, '-0123456789') WHEN 'w' THEN x_add_days(day, n * 7)
        WHEN 'd' THEN x_add_days(day, n) WHEN 'bd' THEN x_add_workdays(day, n, calendar)
        ELSE (x_move(x_at(day::timestamp, zone), span, way, zone, calendar) AT TIME ZONE zone)::date END;
END $$;
