/*
 * reminder.c — reminders of a form. Without a text the record's title is the message.
 */
#include "def/calendar.h"
#include "def/form.h"
#include "def/value.h"

const Attr reminder_attrs[] = {
    { "at", ATTR_EXPRS, "a date or time of the record, or several; a date fires at 09:00 or at "
      "`time`", "at: [\"due - 7d\", \"due - 1d\"]",
      .flags = ATTR_ONE },
    { "every", ATTR_DURATION, "instead of `at`: once for each matching record, so often",
      "every: 1d",
      .flags = ATTR_ONE },
    { "on", ATTR_TEXTS, "with `every: 1d` or `1w`: the days of the week it runs on", "on: fri", .with = "every",
      .pattern = "^(mon|tue|wed|thu|fri|sat|sun)(-(mon|tue|wed|thu|fri|sat|sun))?$" },
    { "yearly", ATTR_EXPR, "instead of `at`: a date whose day and month count", "yearly: born_on",
      .flags = ATTR_ONE },
    { "time", ATTR_TEXT, "the time of day", "time: \"09:00\"",
      .pattern = "^[0-9]{1,2}:[0-9]{2}(:[0-9]{2})?$", .label = "Time of day" },
    { "if", ATTR_EXPR, "asked when it fires", "if: \"amount > 0\"" },
    { "to", ATTR_PEOPLE, "whom it is sent", "to: [owner, \"manager_of(owner)\"]",
      .flags = ATTR_NEEDED },
    { "text", ATTR_LABEL, "the message, with {field}; without it the record's title",
      "text: {en: \"Follow up {name}\", zh: \"请跟进 {name}\"}" },
    { "via", ATTR_TEXTS, "channels of the app; without it the inbox", "via: [inbox, email]" },
    { "once_per", ATTR_DURATION, "not again for the same record within this time", "once_per: 7d" },
    { "quiet", ATTR_TEXT, "a calendar: what falls outside its hours waits for them",
      "quiet: office" },
    { 0 },
};

static bool is_moment(Type t)
{
    return t.kind == T_DATE || t.kind == T_DATETIME || t.kind == T_ANY;
}

static void load_moment(Cx *cx, App *app, Form *f, const Node *n, Expr **out)
{
    Expr *e = NULL;
    if (!expr_node(cx, n, app_where(app, f, USE_TIME), T_ANY, &e)) return;
    if (is_moment(expr_type(e))) *out = e;
    else
        cx_issue(cx, node_place(n), "wrong_type", "a date or a time is expected, this is %s",
            type_said(cx, expr_type(e)));
}

static void load_at(Cx *cx, App *app, Form *f, const Node *n, Reminder *r)
{
    const Node **each;
    int count;
    ref_texts(cx, n, &each, &count);
    r->at = ARENA_ARRAY(cx->a, Expr *, count + 1);
    for (int i = 0; i < count; i++) {
        load_moment(cx, app, f, each[i], &r->at[r->nat]);
        if (r->at[r->nat]) r->nat++;
    }
}

static void load_days(Cx *cx, const Node *n, Reminder *r)
{
    bool fits = (r->every.unit == UNIT_D || r->every.unit == UNIT_W) && r->every.i == 1;
    const Node **each;
    int count, from, to;

    if (!n || r->every.kind != VAL_DURATION) return;
    if (!fits)
        cx_issue(cx, node_key_place(n), "bad_day", "`on` goes with `every: 1d` or `every: 1w`");
    ref_texts(cx, n, &each, &count);
    for (int i = 0; i < count; i++) {
        if (!node_text(each[i]) || !day_range(node_text(each[i]), &from, &to)) {
            cx_issue(cx, node_place(each[i]), "bad_day",
                "`on` is a day or a range of days such as fri or mon-fri");
            continue;
        }
        for (int d = from; ; d = (d + 1) % 7) {
            r->on |= 1 << d;
            if (d == to) break;
        }
    }
}

static void load_when(Cx *cx, App *app, Form *f, const Node *n, Reminder *r)
{
    const Node *at = node_find(n, "at"), *every = node_find(n, "every"),
        *yearly = node_find(n, "yearly"), *time = node_find(n, "time");
    if ((at != NULL) + (every != NULL) + (yearly != NULL) != 1)
        cx_issue(cx, node_key_place(n), "bad_time",
            "a reminder has either `at`, `every` or `yearly`");
    load_at(cx, app, f, at, r);
    ref_duration(cx, n, "every", &r->every);
    load_days(cx, node_find(n, "on"), r);
    if (yearly) load_moment(cx, app, f, yearly, &r->yearly);
    r->time = -1;
    if (time && (!node_text(time) || !time_parse(node_text(time), &r->time))) {
        r->time = -1;
        cx_issue(cx, node_place(time), "bad_time", "`time` is a time such as 09:00");
    }
    /* `every` walks the matching records by SQL; the others ask one record at its time. */
    expr_attr(cx, n, "if", app_where(app, f, every ? USE_FILTER : USE_TIME), T_BOOL, &r->if_);
}

static void load_message(Cx *cx, App *app, Form *f, const Node *n, Reminder *r)
{
    if (!node_find(n, "to"))
        cx_issue(cx, node_key_place(n), "no_people", "a reminder needs `to`");
    people_load(cx, app, f, n, "to", false, &r->to);
    texts_load(cx, node_find(n, "text"), app_where(app, f, USE_TIME), &r->label_text,
        &r->texts, &r->ntext);
    if (!r->ntext && f->title) {
        static const char *const any = "";
        r->texts = ARENA_ARRAY(cx->a, Expr *, 1);
        r->label_text.lang = ARENA_ARRAY(cx->a, const char *, 1);
        r->label_text.text = ARENA_ARRAY(cx->a, const char *, 1);
        r->texts[0] = f->title;
        r->label_text.lang[0] = any;
        r->label_text.text[0] = expr_text(f->title);
        r->ntext = r->label_text.n = 1;
    }
    ref_channels(cx, app, node_find(n, "via"), &r->via, &r->nvia);
}

static void load_quiet(Cx *cx, App *app, const Node *n, Reminder *r)
{
    if (n) r->quiet = ref_calendar(cx, app, n);
}

static bool load_one(Cx *cx, App *app, Form *f, const Node *n, Reminder *r)
{
    r->key = n->key;
    r->at_node = n;
    ref_name(cx, n, n->key, 63);
    if (!node_is(n, NODE_MAP))
        return cx_issue(cx, node_key_place(n), "wrong_kind",
            "a reminder is a map such as {at: …, to: owner}");
    attr_check_keys(cx, n, reminder_attrs);
    load_when(cx, app, f, n, r);
    load_message(cx, app, f, n, r);
    ref_duration(cx, n, "once_per", &r->once_per);
    load_quiet(cx, app, node_find(n, "quiet"), r);
    return true;
}

bool reminders_load(Cx *cx, App *app, Form *f, const Node *n)
{
    if (!ref_map(cx, n)) return !n;
    f->reminder = ARENA_ARRAY(cx->a, Reminder, n->n + 1);
    for (int i = 0; i < n->n; i++)
        if (load_one(cx, app, f, n->item[i], &f->reminder[f->nreminder])) f->nreminder++;
    return true;
}
