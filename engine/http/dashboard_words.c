/*
 * dashboard_words.c — groups and numbers as people read them, and as a filter says them.
 */
#include "http/dashboard.h"
#include "base/decimal.h"
#include "base/i18n.h"
#include "data/record.h"
#include "data/readable.h"
#include "def/attr_tree.h"
#include "expr/shape.h"

#include <math.h>
#include <string.h>

static const char *const weekdays[] = { "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" };
static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct",
    "Nov", "Dec" };

static const Field *like_of(const Field *f)
{
    return f && f->like ? f->like : f;
}

static bool is_plain(const Dim *d)
{
    return d->field && !d->step && !d->part && !strchr(d->text, '(');
}

static const Stage *stage_of(const Dim *d, Val key)
{
    const Form *f = is_plain(d) && d->field->name.kind == NAME_STAGE ? d->field->form : NULL;
    const Stage *found = NULL;

    for (int i = 0; f && !found && key.kind == VAL_TEXT && i < f->nworkflow; i++)
        found = workflow_any_stage(f->workflow[i], key.t);
    return found;
}

static const Option *option_of(const Dim *d, Val key)
{
    const Field *like = is_plain(d) ? like_of(d->field) : NULL;

    return like && like->noption && key.kind == VAL_TEXT ? field_option(like, key.t) : NULL;
}

const char *dim_color(const Dim *d, Val key)
{
    const Option *o = option_of(d, key);
    return o ? o->color : NULL;
}

const char *dim_status(const Dim *d, Val key)
{
    const Stage *s = stage_of(d, key);
    return s ? s->status : NULL;
}

static const char *step_shown(Work *w, const char *step, int64_t day)
{
    Arena *a = w->cx.a;
    Ymd d = day_split(day);

    if (str_eq(step, "year")) return arena_printf(a, "%04d", d.year);
    if (str_eq(step, "quarter")) return arena_printf(a, "%04d Q%d", d.year, (d.month + 2) / 3);
    if (str_eq(step, "month")) return arena_printf(a, "%04d-%02d", d.year, d.month);
    return arena_printf(a, "%04d W%02d", day_split(day + 3).year, (int)day_iso_week(day));
}

static const char *part_shown(Work *w, const char *part, int n)
{
    const char *lang = w->cx.lang;

    if (str_eq(part, "weekday") && n >= 1 && n <= 7) return i18n_text(lang, weekdays[n - 1]);
    if (str_eq(part, "month") && n >= 1 && n <= 12) return i18n_text(lang, months[n - 1]);
    return arena_printf(w->cx.a, "Q%d", n);
}

static const char *title_shown(Work *w, const Dim *d, Val key)
{
    Type t = expr_type(d->expr);
    const Form *to = t.form ? t.form->form : NULL;
    const char *title = to ? readable_title(w, to, key.i) : NULL;

    return title && *title ? title : page_say(w, "Not for you to see");
}

const char *dim_shown(Work *w, const Dim *d, Val key)
{
    Arena *a = w->cx.a;
    const Stage *stage = stage_of(d, key);
    const Option *option = option_of(d, key);
    Show show = page_show(w);

    if (val_is_blank(key)) return page_say(w, "Not filled in");
    if (stage) return label_show(&stage->label, w->cx.lang, stage->key);
    if (option) return label_show(&option->label, w->cx.lang, option->value);
    if (str_eq(d->text, "stage.status")) return attr_label(a, w->cx.lang, val_show(a, key));
    if (key.kind == VAL_REC) return title_shown(w, d, key);
    if (d->step && key.kind == VAL_DATE) return step_shown(w, d->step, key.i);
    if (d->part) return part_shown(w, d->part, (int)val_number(key));
    if (key.kind == VAL_BOOL) return i18n_text(w->cx.lang, key.i ? "yes" : "no");
    if (is_plain(d)) return field_show(a, d->field, record_fit(w, d->field, key), &show);
    return val_show(a, key);
}

const char *dim_label(Work *w, const Dim *d)
{
    return d->field ? field_label(d->field, w->cx.lang) : d->text;
}

/* 1234567.5 as 1,234,567.5: at most two digits behind the point. */
static const char *grouped(Arena *a, double d)
{
    char digits[64];
    Str s = str_begin(a);

    if (fabs(d) >= 1e15) return arena_printf(a, "%g", d);
    snprintf(digits, sizeof digits, "%.2f", fabs(d));
    char *point = strchr(digits, '.');
    size_t n = (size_t)(point - digits);
    for (char *end = digits + strlen(digits) - 1; *end == '0' || *end == '.'; end--) {
        bool done = *end == '.';
        *end = 0;
        if (done) break;
    }
    if (d < 0 && strcmp(digits, "0")) str_add_char(&s, '-');
    for (size_t i = 0; digits[i]; i++) {
        if (i && i < n && (n - i) % 3 == 0) str_add_char(&s, ',');
        str_add_char(&s, digits[i]);
    }
    return str_show(&s);
}

static bool is_whole(const Field *f)
{
    return f->name.type.kind == T_NUMBER && f->name.type.decimals == 0;
}

const char *measure_shown(Work *w, const Measure *m, Val v)
{
    Show show = page_show(w);
    const Field *field = m->field ? m->field : m->money;
    bool counted = !field || str_eq(m->how, "count") || (str_eq(m->how, "average") && is_whole(field));

    if (val_is_blank(v)) return "–";
    if (counted) return grouped(w->cx.a, val_number(v));
    return field_show(w->cx.a, field, record_fit(w, field, v), &show);
}

const char *measure_label(Work *w, const Measure *m)
{
    const char *of = m->field ? field_label(m->field, w->cx.lang) : NULL;

    if (str_eq(m->how, "count")) return form_label(m->form, w->cx.lang);
    if (!of) return m->text;
    if (str_eq(m->how, "average")) return page_say(w, "Average of %s", of);
    if (str_eq(m->how, "min")) return page_say(w, "Lowest of %s", of);
    if (str_eq(m->how, "max")) return page_say(w, "Highest of %s", of);
    return of;
}

const char *share_shown(Work *w, double share, bool sign)
{
    double percent = round(share * 1000) / 10;
    const char *mark = percent < 0 ? "−" : sign && percent > 0 ? "+" : "";

    if (fabs(percent) >= 100) return arena_printf(w->cx.a, "%s%.0f %%", mark, round(fabs(percent)));
    return arena_printf(w->cx.a, "%s%.1f %%", mark, fabs(percent));
}

static const char *as_period(Work *w, const Dim *d, int64_t day)
{
    static const struct { const char *step; int months; } steps[] = { { "month", 1 }, { "quarter", 3 }, { "year", 12 } };
    int64_t last = day + 6;

    for (int i = 0; i < LEN(steps); i++)
        if (str_eq(steps[i].step, d->step)) last = day_add_months(day, steps[i].months) - 1;
    return arena_printf(w->cx.a, "%s in period('%s', '%s')", d->field->key, date_text(w->cx.a, day),
        date_text(w->cx.a, last));
}

const char *dim_condition(Work *w, const Dim *d, Val key)
{
    const char *value = NULL;
    Shape s = { .field = d->text, .value = &value, .n = 1 };

    if (val_is_blank(key)) return expr_of_shape(w->cx.a, "f = blank", &s);
    if (key.kind == VAL_BOOL) return expr_of_shape(w->cx.a, key.i ? "f" : "not (f)", &s);
    if (d->step && key.kind == VAL_DATE) return as_period(w, d, key.i);
    if (key.kind == VAL_REC) value = arena_printf(w->cx.a, "%lld", (long long)key.i);
    else value = val_show(w->cx.a, key);
    s.quoted = key.kind != VAL_REC && !val_is_number(key);
    return expr_of_shape(w->cx.a, "f = v", &s);
}

const char *dim_others(Work *w, const Dim *d, const Val *key, int n)
{
    Arena *a = w->cx.a;
    const char **value = ARENA_ARRAY(a, const char *, n + 1), **piece = ARENA_ARRAY(a, const char *, n + 2);
    Shape s = { .field = d->text, .value = value };
    int count = 0;

    for (int i = 0; i < n; i++) {
        if (val_is_blank(key[i]) || key[i].kind == VAL_BOOL || d->step) {
            Shape blank = { .field = d->text };
            piece[count++] = val_is_blank(key[i]) ? expr_of_shape(a, "f != blank", &blank)
                : arena_printf(a, "not (%s)", dim_condition(w, d, key[i]));
            continue;
        }
        value[s.n++] = key[i].kind == VAL_REC ? arena_printf(a, "%lld", (long long)key[i].i) : val_show(a, key[i]);
        s.quoted = key[i].kind != VAL_REC && !val_is_number(key[i]);
    }
    if (s.n) piece[count++] = expr_of_shape(a, "f not in l", &s);
    return expr_join(a, piece, count);
}

Node *number_node(Arena *a, Val v)
{
    return val_is_number(v) ? node_new_number(a, val_show(a, v)) : node_new_null(a);
}
