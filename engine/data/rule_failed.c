/*
 * rule_failed.c — a mistake in a rule is kept for who wrote it.
 *
 * The failure says whose it is: "plugin:line: what". A write in a rule that fails by another rule is
 * that one's; it came first, and is the one that is kept.
 */
#include "data/rule_in.h"
#include "data/run_log.h"
#include "base/node_json.h"
#include "base/sys.h"

#include <string.h>

/* "plugins/NAME.lua" of the failure, or NULL: it is no plugin's. */
static const char *plugin_of(Work *w, const char *text)
{
    const char *end = text ? strchr(text, ':') : NULL;
    const char *path = end ? arena_printf(w->cx.a, "plugins/%.*s.lua", (int)(end - text), text) : NULL;

    return path && app_source(w->app->source, w->app->nsource, path) ? path : NULL;
}

static const char *trace_of(Work *w)
{
    Node *list = node_list(w->cx.a);

    if (!w->cx.detail) return NULL;
    Node *one = node_add(w->cx.a, list, node_map(w->cx.a));
    node_put_text(w->cx.a, one, "step", "rule");
    node_put_text(w->cx.a, one, "trace", w->cx.detail);
    return node_json(w->cx.a, list);
}

void rule_failed(Work *w, const Form *f, int64_t record, const char *event)
{
    const RuleHost *h = *box_slot(w->box, BOX_HOST);
    const char *path = w->cx.err == E_RULE && !h->log && !w->aside_rule
        ? plugin_of(w, w->cx.text) : NULL;

    if (!path) return;
    Run run = { .form = f ? f->key : "", .automation = path, .record = record,
        .event = arena_dup(w->cx.a, event),
        .at = w->now, .by = w->who.id, .state = "failed", .error = w->cx.text,
        .steps = trace_of(w) };
    Cx outer = rule_apart(w);
    if (!run_log_rule(w, &run))
        sys_log(LOG_WARN, "a failed rule could not be kept", "error", w->cx.text ? w->cx.text : "",
            NULL);
    w->cx = outer;
}
