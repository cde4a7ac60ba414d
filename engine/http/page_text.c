/*
 * page_text.c — words, moments and addresses of pages.
 */
#include "http/page.h"
#include "data/readable.h"
#include "base/i18n.h"

#include <string.h>

const char *page_say(Work *w, const char *english, ...)
{
    va_list args;
    va_start(args, english);
    char *text = arena_vprintf(w->cx.a, i18n_text(w->cx.lang, english), args);
    va_end(args);
    return text;
}

const Zone *page_zone(const Work *w)
{
    return w->who.zone ? w->who.zone : w->app->zone;
}

const char *page_day(Work *w, int64_t day)
{
    int64_t today = local_day(w->now, page_zone(w));
    char text[32];

    if (day == today) return page_say(w, "today");
    if (day == today - 1) return page_say(w, "yesterday");
    if (day == today + 1) return page_say(w, "tomorrow");
    date_show(text, sizeof text, day);
    return arena_dup(w->cx.a, text);
}

const char *page_moment(Work *w, int64_t at)
{
    const Zone *zone = page_zone(w);
    char text[40];

    datetime_show_local(text, sizeof text, at, zone);
    char *clock = strchr(text, 'T');
    if (!clock) return arena_dup(w->cx.a, text);
    return arena_printf(w->cx.a, "%s %.5s", page_day(w, local_day(at, zone)), clock + 1);
}

/* With one decimal, which is left out when it is none. */
static const char *measure(Work *w, int64_t seconds, int64_t unit)
{
    int64_t tenths = (seconds * 20 + unit) / (2 * unit);

    return tenths % 10 ? arena_printf(w->cx.a, "%lld.%lld", (long long)(tenths / 10),
        (long long)(tenths % 10)) : arena_printf(w->cx.a, "%lld", (long long)(tenths / 10));
}

const char *page_hours(Work *w, int64_t seconds)
{
    if (seconds < 3600) return page_say(w, "%s min", measure(w, (seconds + 30) / 60 * 60, 60));
    return page_say(w, "%s h", measure(w, seconds, 3600));
}

const char *page_span(Work *w, int64_t seconds)
{
    if (seconds < 2 * 86400) return page_hours(w, seconds);
    return page_say(w, "%s d", measure(w, seconds, 86400));
}

static const char *title_of(void *ctx, const Field *f, int64_t id)
{
    const Field *like = f->like ? f->like : f;
    const Names *names = f->name.type.form;
    const Form *to = like->to ? like->to : names ? names->form : NULL;
    const char *title = to ? readable_title(ctx, to, id) : NULL;

    return title && *title ? title : NULL;
}

Show page_show(Work *w)
{
    return (Show){ .lang = w->cx.lang, .zone = page_zone(w), .currency = w->app->currency,
        .title = title_of, .ctx = w };
}

const char *page_url(Arena *a, const char *path, ...)
{
    Str s = str_begin(a);
    const char *name;
    char sign = strchr(path, '?') ? '&' : '?';
    va_list args;

    str_add(&s, path);
    va_start(args, path);
    while ((name = va_arg(args, const char *))) {
        const char *value = va_arg(args, const char *);
        if (!value || !*value) continue;
        str_add_char(&s, sign);
        url_part(&s, name);
        str_add_char(&s, '=');
        url_part(&s, value);
        sign = '&';
    }
    va_end(args);
    return str_show(&s);
}

const char *page_href(Arena *a, const Form *f, int64_t id)
{
    return arena_printf(a, "/f/%s/%lld", f->key, (long long)id);
}

const char *page_below(Arena *a, const Form *f, int64_t id, const char *what)
{
    return arena_printf(a, "/f/%s/%lld/%s", f->key, (long long)id, what);
}

const char *page_back(const char *given, const char *otherwise)
{
    bool local = given && given[0] == '/' && given[1] != '/' && given[1] != '\\';
    return local ? given : otherwise;
}

void page_crumbs(Work *w, Node *page, const Form *f, const Record *r)
{
    Arena *a = w->cx.a;

    node_put_text(a, page, "label", form_label(f, w->cx.lang));
    node_put_text(a, page, "form", f->key);
    node_put_text(a, page, "list_href", arena_printf(a, "/f/%s", f->key));
    if (!r || !record_id(r)) return;
    node_put_int(a, page, "id", record_id(r));
    node_put_text(a, page, "record_title", record_title(w, r));
    node_put_text(a, page, "record_href", page_href(a, f, record_id(r)));
}
