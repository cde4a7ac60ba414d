/*
 * rule_time.c — dates and times as rules have them: ISO text, in the app's zone.
 *
 * A blank in is a blank out, as in expressions.
 */
#include "data/rule_in.h"

#include <string.h>

static const Zone *zone_of(const Work *w)
{
    return w->who.zone ? w->who.zone : w->app->zone;
}

/* False: nil. Raises when it is neither. */
static bool moment(lua_State *L, Work *w, int at, Val *out)
{
    int64_t t;
    if (lua_isnoneornil(L, at)) return false;
    const char *text = luaL_checkstring(L, at);
    if (date_parse(text, &t)) *out = val_date(t);
    else if (datetime_parse(text, zone_of(w), &t)) *out = val_datetime(t);
    else luaL_argerror(L, at, "a date or a time expected");
    return true;
}

static int64_t day_of_val(const Work *w, Val v)
{
    return v.kind == VAL_DATE ? v.i : local_day(v.i, zone_of(w));
}

static int nothing(lua_State *L)
{
    lua_pushnil(L);
    return 1;
}

static int push_day(lua_State *L, int64_t day)
{
    if (day < DAY_MIN || day > DAY_MAX) return nothing(L);
    rule_push_date(L, day);
    return 1;
}

static int today_call(lua_State *L)
{
    Work *w = rule_work(L);
    return push_day(L, local_day(w->now, zone_of(w)));
}

static int now_call(lua_State *L)
{
    rule_push_datetime(L, rule_work(L)->now);
    return 1;
}

static int64_t count_of(lua_State *L, int at)
{
    lua_Integer n = luaL_checkinteger(L, at);
    luaL_argcheck(L, n >= -4000000 && n <= 4000000, at, "too far");
    return n;
}

static int add_days_call(lua_State *L)
{
    Work *w = rule_work(L);
    Val v;
    if (!moment(L, w, 1, &v) || lua_isnil(L, 2)) return nothing(L);
    int64_t n = count_of(L, 2);
    if (v.kind == VAL_DATE) return push_day(L, v.i + n);
    int64_t at = when_add(v.i, val_duration(n, UNIT_D), app_calendar(w->app, NULL), zone_of(w));
    if (at == WHEN_NEVER) return nothing(L);
    rule_push_datetime(L, at);
    return 1;
}

static int add_workdays_call(lua_State *L)
{
    Work *w = rule_work(L);
    Val v;
    if (!moment(L, w, 1, &v) || lua_isnil(L, 2)) return nothing(L);
    int64_t n = count_of(L, 2);
    luaL_argcheck(L, n >= -10000 && n <= 10000, 2, "too far");
    const char *name = lua_isnoneornil(L, 3) ? NULL : rule_text(L, 3);
    box_tick(L, 1000);
    const Calendar *c = app_calendar(w->app, name);
    if (!c && name) return luaL_error(L, "there is no calendar '%s'", name);
    return push_day(L, calendar_add_workdays(c, day_of_val(w, v), (int)n));
}

static int date_call(lua_State *L)
{
    Work *w = rule_work(L);
    Val v;
    if (!moment(L, w, 1, &v)) return nothing(L);
    return push_day(L, day_of_val(w, v));
}

static int days_between_call(lua_State *L)
{
    Work *w = rule_work(L);
    Val a, b;
    if (!moment(L, w, 1, &a) || !moment(L, w, 2, &b)) return nothing(L);
    lua_pushinteger(L, day_of_val(w, b) - day_of_val(w, a));
    return 1;
}

/* Three numbers with anything between: year first, or day.month.year. */
static bool loose_date(const char *text, int64_t *day)
{
    int n[3] = { 0 }, count = 0, digits[3] = { 0 };
    bool dot = false;
    for (const char *p = text; *p && count < 4; ) {
        if (*p < '0' || *p > '9') {
            dot |= *p == '.';
            p++;
            continue;
        }
        if (count == 3) return false;
        for (; *p >= '0' && *p <= '9'; p++) {
            if (++digits[count] > 4) return false;
            n[count] = n[count] * 10 + (*p - '0');
        }
        count++;
    }
    if (count != 3) return false;
    if (digits[0] != 4) {
        int year = n[2];
        if (!dot || digits[2] != 4) return false;        /* 3/4/2026 is two dates */
        n[2] = n[0];
        n[0] = year;
    }
    if (!day_valid(n[0], n[1], n[2])) return false;
    *day = day_of((Ymd){ n[0], n[1], n[2] });
    return true;
}

static int parse_date_call(lua_State *L)
{
    Work *w = rule_work(L);
    int64_t t;
    if (lua_isnoneornil(L, 1)) return nothing(L);
    const char *text = str_trim(w->cx.a, rule_text(L, 1));
    if (date_parse(text, &t)) return push_day(L, t);
    if (datetime_parse(text, zone_of(w), &t)) return push_day(L, local_day(t, zone_of(w)));
    if (loose_date(text, &t)) return push_day(L, t);
    return nothing(L);
}

/* By the expression text(value, format): one way of formats in the whole app. */
static int formatted(lua_State *L, Work *w, Val v, TypeKind kind)
{
    Arg arg[2] = {
        { ":format", { .kind = T_TEXT, .decimals = -1 }, val_text(rule_text(L, 2)) },
        { ":value", { .kind = kind, .decimals = -1 }, v },
    };
    Args args = { arg, 2 };
    const Form *any = w->app->form[0];
    const Expr *e = rule_expr(L, w, any, "text(:value, :format)", USE_DEFAULT, &args);
    Asker asker = rule_asker(w, &args);
    Cx outer = rule_apart(w);
    Eval env = record_eval(w, record_new(w, any), NULL);
    env.asker = &asker;
    Val out = val_blank();
    bool ok = expr_eval(e, &env, &out);
    rule_rejoin(L, w, outer, ok);
    lua_pushstring(L, out.kind == VAL_TEXT ? out.t : "");
    return 1;
}

static int format_date_call(lua_State *L)
{
    Work *w = rule_work(L);
    Val v;
    if (!moment(L, w, 1, &v)) return nothing(L);
    return formatted(L, w, v, v.kind == VAL_DATE ? T_DATE : T_DATETIME);
}

static int format_number_call(lua_State *L)
{
    Work *w = rule_work(L);
    if (lua_isnoneornil(L, 1)) return nothing(L);
    return formatted(L, w, val_real(luaL_checknumber(L, 1)), T_NUMBER);
}

const RuleCall rule_time_calls[] = {
    { "today", today_call, "", "the date: \"2026-03-02\"" },
    { "now", now_call, "", "the instant: \"2026-03-02T01:00:00Z\"" },
    { "add_days", add_days_call, "date | time, n", "so many days later, of the same kind" },
    { "add_workdays", add_workdays_call, "date, n, calendar?", "so many working days later" },
    { "date", date_call, "time", "its date in the app's zone" },
    { "days_between", days_between_call, "a, b", "days from a to b" },
    { "parse_date", parse_date_call, "text",
      "2026-03-02, 2026/3/2, 2.3.2026 …; nil if it is none" },
    { "format", rule_format_words, "format, …",
      "as string.format; a table by language gives a table by language" },
    { "format_date", format_date_call, "date | time, format", "\"yyyy-mm-dd hh:mm\"" },
    { "format_number", format_number_call, "number, format", "\"#,##0.00\"" },
    { 0 },
};
