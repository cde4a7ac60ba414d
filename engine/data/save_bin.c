/*
 * save_bin.c — to the recycle bin and back.
 *
 * A binned record counts nowhere: links let go of it, rollups lose it, its timers end. Coming
 * back it must fit again: unique values, duplicates, and what it links to.
 */
#include "data/approval.h"
#include "data/save_in.h"
#include "data/automation.h"
#include "data/duplicate.h"
#include "data/engine.h"
#include "data/history.h"
#include "data/move_part.h"
#include "data/perm.h"
#include "data/record_row.h"
#include "data/restrict.h"
#include "data/rule_api.h"
#include "data/session.h"
#include "data/timer_row.h"
#include "data/wait.h"
#include "data/webhook_feed.h"

typedef struct Bin { const Form *f; int64_t id, version; Saved *out; } Bin;

static bool denied(Work *w, const char *why)
{
    return w->cx.err ? false : cx_fail(&w->cx, E_DENIED, "%s", why);
}

MUST static bool load(Work *w, const Bin *b, bool binned, Record **old)
{
    if (!record_load(w, b->f, b->id, binned, old)) return false;
    if (*old && perm_on(w, ACT_READ, *old)) return true;
    return w->cx.err ? false : cx_fail(&w->cx, E_MISSING, "there is no such record");
}

MUST static bool event(Work *w, const char *name, Record *r, const Record *old)
{
    return (!rule_has(w, name, r->form) || rule_event(w, name, r, old)) && cx_check(&w->cx);
}

MUST static bool put_in_bin(Work *w, Record *old)
{
    Record *r = record_copy(w, old);
    bool changed = false;

    r->val[SYS_DELETED_AT] = val_datetime(w->now);
    return event(w, "before_delete", old, old)
        && links_allow(w, old)
        && record_update(w, r, old)           /* first, so that a ring of links comes to an end */
        && links_release(w, old)
        && save_ripple(w, old, NULL)
        && timer_drop_record(w, old->form->key, record_id(old))
        && approval_left(w, old->form, record_id(old), NULL)
        && session_follow(w, old, NULL)
        && history_add(w, "deleted", old, NULL, NULL)
        && webhook_tell(w, HOOK_DELETED, old, NULL)
        && event(w, "after_delete", old, old)
        && automations_fire(w, ON_DELETED, old, old, &changed)
        && save_committed(w, old, NULL)
        && wait_follow(w, r);
}

static bool delete_unit(Work *w, void *arg)
{
    const Bin *b = arg;
    Frame frame;
    Record *old;

    if (!load(w, b, false, &old)) return false;
    if (!w->as_app && !perm_on(w, ACT_DELETE, old))
        return denied(w, "no right to delete this record");
    if (!approval_lets(w, old, false)) return false;
    if (b->version && b->version != record_version(old))
        return cx_fail(&w->cx, E_STALE, "the record was changed meanwhile");
    if (!frame_begin(w, &frame, b->f)) return false;
    bool ok = put_in_bin(w, old);
    frame_end(w, &frame);
    return ok;
}

bool save_delete(Work *w, const Form *f, int64_t id, int64_t version)
{
    Bin b = { .f = f, .id = id, .version = version };

    if (!save_possible(w, f) || !work_write(w, delete_unit, &b)) return false;
    engine_wake_after(w);
    return true;
}

MUST static bool fits_again(Work *w, const Record *r)
{
    Issue *warning;
    int n;

    return links_stand(w, r) && duplicate_check(w, r, NULL, &warning, &n)
        && cx_check_as(&w->cx, E_CONFLICT);
}

MUST static bool take_out(Work *w, const Record *old, Record **out)
{
    Record *r = record_copy(w, old);
    bool changed = false;

    r->val[SYS_DELETED_AT] = val_blank();
    if (!fits_again(w, r) || !record_compute(w, r)) return false;
    if (!save_row(w, r, old, E_CONFLICT)) return false;
    *out = r;
    return save_ripple(w, NULL, r) && timer_follow(w, r, false) && stage_timers(w, r)
        && automation_follow(w, r, false) && history_add(w, "restored", NULL, r, NULL)
        && webhook_tell(w, HOOK_RESTORED, NULL, r)
        && wait_follow(w, r) && wait_again(w, r)
        && automations_fire(w, ON_RESTORED, old, r, &changed)
        && (!changed || record_load(w, r->form, record_id(r), false, out));
}

static bool restore_unit(Work *w, void *arg)
{
    const Bin *b = arg;
    Frame frame;
    Record *old, *r = NULL;

    if (!load(w, b, true, &old)) return false;
    if (!w->as_app && !perm_on(w, ACT_DELETE, old))
        return denied(w, "no right to restore this record");
    if (val_is_blank(old->val[SYS_DELETED_AT]))
        return cx_fail(&w->cx, E_CONFLICT, "the record is not in the recycle bin");
    if (!frame_begin(w, &frame, b->f)) return false;
    bool ok = take_out(w, old, &r);
    frame_end(w, &frame);
    if (ok) *b->out = (Saved){ .record = r, .id = record_id(r) };
    return ok;
}

bool save_restore(Work *w, const Form *f, int64_t id, Saved *out)
{
    Bin b = { .f = f, .id = id, .out = out };

    *out = (Saved){ 0 };
    if (!save_possible(w, f) || !work_write(w, restore_unit, &b)) return false;
    engine_wake_after(w);
    return true;
}
