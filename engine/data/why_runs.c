/*
 * why_runs.c — see why_runs.h.
 */
#include "data/why_runs.h"
#include "data/run_log.h"
#include "base/i18n.h"
#include "def/automation.h"

enum { SHOWN = 10 };

MUST static bool newest(Work *w, const Record *r, Run **run, int *n)
{
    RunAsk ask = { .form = r->form->key, .record = record_id(r) };
    bool more;

    *n = 0;
    if (!r->form->nautomation) return true;
    if (!run_log_list(w, &ask, run, n, &more)) return false;
    if (*n > SHOWN) *n = SHOWN;
    return true;
}

static const char *label_of(Work *w, const Record *r, const Run *run)
{
    const struct Automation *a = form_automation(r->form, run->automation);

    return a ? label_show(&a->label, w->cx.lang, a->key) : run->automation;
}

bool why_runs_json(Work *w, const Record *r, Json *out)
{
    Run *run;
    int n;

    if (!newest(w, r, &run, &n)) return false;
    json_key(out, "runs");
    json_list(out);
    for (int i = 0; i < n; i++) {
        json_map(out);
        json_key(out, "run"); json_int(out, run[i].id);
        json_key(out, "automation"); json_text(out, run[i].automation);
        json_key(out, "label"); json_text(out, label_of(w, r, &run[i]));
        json_key(out, "event"); json_text(out, run[i].event);
        json_key(out, "at"); json_val(out, val_datetime(run[i].at));
        json_key(out, "state"); json_text(out, run[i].state);
        json_map_end(out);
    }
    json_list_end(out);
    return true;
}

bool why_runs_text(Work *w, const Record *r, Str *out)
{
    char at[32];
    Run *run;
    int n;

    if (!newest(w, r, &run, &n)) return false;
    for (int i = 0; i < n; i++) {
        datetime_show(at, sizeof at, run[i].at);
        str_printf(out, i18n_text(w->cx.lang, "%s: the automation “%s” ran by `%s`: %s (run %lld)"), at,
            label_of(w, r, &run[i]), run[i].event, run[i].state, (long long)run[i].id);
        str_add(out, "\n");
    }
    return true;
}
