/*
 * record_page.c — one record: where it stands, what it says, what belongs to it, what happened.
 */
#include "http/handlers.h"
#include "http/markdown.h"
#include "http/related.h"
#include "http/remind.h"
#include "http/task_show.h"
#include "http/timeline.h"
#include "http/undo.h"
#include "http/way.h"
#include "base/i18n.h"
#include "data/due_why.h"
#include "data/auth.h"
#include "data/history.h"
#include "data/move.h"
#include "data/people_show.h"
#include "data/pool.h"
#include "def/automation.h"
#include "data/press.h"
#include "data/record_check.h"
#include "data/readable.h"
#include "data/save.h"
#include "data/wait.h"

enum { COMMENT_MAX = 4000, AWAITED = 50 };

static void add_path(Work *w, Node *page, const Record *r)
{
    Arena *a = w->cx.a;
    Node *stages = node_put(a, page, "stages", node_list(a));

    if (!r->stage) return;
    for (int i = 0; i < r->workflow->nstage; i++) {
        const Stage *s = &r->workflow->stage[i];
        bool open = str_eq(s->status, "open") || !s->status || !str_eq(r->stage->status, "lost");
        /* Ends other than the one that was reached say nothing to someone on the way. */
        if (str_eq(s->status, "lost") && s != r->stage) continue;
        Node *one = node_add(a, stages, node_map(a));
        node_put_text(a, one, "label", label_show(&s->label, w->cx.lang, s->key));
        node_put_text(a, one, "status", s->status);
        node_put_bool(a, one, "current", s == r->stage);
        node_put_bool(a, one, "past", s->index < r->stage->index && open);
    }
    node_put_text(a, page, "flow_href", arena_printf(a, "/workflows/%s", r->workflow->key));
    node_put_text(a, page, "guide", label_show(&r->stage->guide, w->cx.lang, NULL));
    node_put_text(a, page, "stage_due", timeline_stage_due(w, r));
    page_stage_due(w, page, r);
}

/* The records it waits for, those that may be read. */
MUST static bool add_waits(Work *w, Node *page, const Record *r)
{
    static const struct { const char *state, *text; } words[] = {
        { "open", "open" }, { "done", "done" }, { "failed", "failed" },
    };
    Arena *a = w->cx.a;
    Node *list = node_put(a, page, "awaited", node_list(a));
    int64_t id[AWAITED];
    Waits x;

    if (!wait_look(w, r, AWAITED, &x)) return false;
    for (int i = 0; i < x.n; i++) id[i] = x.item[i].record;
    if (x.n && !query_titles_of(w, x.item[0].form, id, x.n)) return false;
    node_put_text(a, page, "waits", x.by ? wait_text(w, &x) : NULL);
    for (int i = 0; i < x.n && !w->cx.err; i++) {
        const char *title = readable_title(w, x.item[i].form, x.item[i].record);
        if (!title) continue;
        Node *one = node_add(a, list, node_map(a));
        node_put_text(a, one, "title", title);
        node_put_text(a, one, "href", page_href(a, x.item[i].form, x.item[i].record));
        node_put_text(a, one, "state", x.item[i].state);
        for (int k = 0; k < LEN(words); k++)
            if (str_eq(x.item[i].state, words[k].state))
                node_put_text(a, one, "word", i18n_text(w->cx.lang, words[k].text));
    }
    return !w->cx.err;
}

MUST static bool add_moves(Work *w, Node *page, const Record *r)
{
    Arena *a = w->cx.a;
    Node *moves = node_put(a, page, "moves", node_list(a));
    MoveOffer *offer;
    bool main_given = false;
    int n;

    if (!move_offers(w, r, &offer, &n)) return false;
    for (int i = 0; i < n; i++) {
        const Transition *t = offer[i].transition;
        Node *m = node_add(a, moves, node_map(a));
        bool leads_on = !t->into && t->to->index > r->stage->index && !str_eq(t->to->status, "lost");
        node_put_text(a, m, "label", label_show(&t->label, w->cx.lang, t->key));
        node_put_text(a, m, "to", transition_target(w->cx.a, t, w->cx.lang));
        node_put_bool(a, m, "allowed", offer[i].allowed);
        node_put_text(a, m, "why", offer[i].why);
        node_put_bool(a, m, "main", !main_given && leads_on && offer[i].allowed);
        node_put_text(a, m, "href", page_below(a, r->form, record_id(r),
            arena_printf(a, "move/%s", t->key)));
        main_given |= leads_on && offer[i].allowed;
    }
    return true;
}

static void add_actions(Work *w, Node *page, const Record *r)
{
    Arena *a = w->cx.a;
    Node *list = node_put(a, page, "actions", node_list(a));
    Press *press;
    int n = press_list(w, r->form, &press);
    const char *why = perm_on(w, ACT_UPDATE, r) ? NULL
        : page_say(w, "Only these may change this record: %s.",
            people_roles(w, r->form, ACT_UPDATE));

    for (int i = 0; i < n; i++) {
        if (!press_offered(w, &press[i], r)) continue;
        Node *one = node_add(a, list, node_map(a));
        node_put_text(a, one, "label",
            label_show(press[i].label, w->cx.lang, press[i].name));
        node_put_text(a, one, "href", page_below(a, r->form, record_id(r),
            arena_printf(a, "action/%s", press[i].name)));
        node_put_text(a, one, "why", press_mine(w, &press[i], r) ? NULL
            : press[i].automation && press[i].automation->by.n
                ? page_say(w, "Only these may do this: %s.",
                    people_show(w, &press[i].automation->by, r)) : why);
    }
}

/* In a pool: who may takes it; with an owner: who may puts it back. */
static void add_pool(Work *w, Node *page, const Record *r)
{
    Arena *a = w->cx.a;
    PoolOffer offer = pool_offer(w, r);

    if (!offer.pool) return;
    const char *label = label_show(&offer.pool->label, w->cx.lang, offer.pool->key);
    if (offer.claim) node_put_text(a, page, "claim_href", page_below(a, r->form, record_id(r), "claim"));
    if (offer.release)
        node_put_text(a, page, "release_href", page_below(a, r->form, record_id(r), "release"));
    node_put_text(a, page, "pool_label", label);
}

/* An admin sees of a user whether they can sign in, gives them a password, and hands over what
   they answer for. */
MUST static bool add_person(Work *w, Node *page, const Record *r)
{
    int64_t id = record_id(r);
    bool has;

    if (!w->who.admin || !str_eq(r->form->key, "user")) return true;
    if (!auth_has_password(w, id, &has)) return false;
    node_put_bool(w->cx.a, page, "no_password", !has);
    node_put_text(w->cx.a, page, "hand_over_href", page_below(w->cx.a, r->form, id, "hand-over"));
    node_put_text(w->cx.a, page, "password_href", id == w->who.id ? "/profile"
        : page_below(w->cx.a, r->form, id, "password"));
    return true;
}

/* Drawn here; a cell of a list has it without marks, a mask stays one. */
static void add_markdown(Work *w, Node *value, const Record *r, const Field *f)
{
    Val v = record_get(r, f);

    if (f->value && str_eq(f->value->name, "markdown") && v.kind == VAL_TEXT
        && page_right(w, r, f) <= RIGHT_READONLY)
        node_put(w->cx.a, value, "items", markdown_tree(w->cx.a, v.t));
}

static void add_sections(Work *w, Node *page, const Record *r)
{
    Arena *a = w->cx.a;
    const Form *f = r->form;
    Node **section = ARENA_ARRAY(a, Node *, f->nsection + 1);
    Eval env = record_eval(w, r, NULL);

    for (int i = 0; i < f->nsection; i++) {
        const Section *x = &f->section[i];
        Node *fields = node_list(a);
        if (x->visible && !expr_true(x->visible, &env)) continue;
        for (int k = 0; k < x->nfield; k++) {
            if (!flag_holds(&env, &x->field[k]->visible)) continue;
            Node *value = page_value(w, r, x->field[k]);
            if (!value) continue;
            node_put_text(a, value, "width", page_width(x->field[k]));
            node_add(a, fields, value);
            add_markdown(w, value, r, x->field[k]);
        }
        if (page_section_empty(x, fields)) continue;
        section[i] = node_map(a);
        node_put_int(a, section[i], "columns", x->columns ? x->columns : 2);
        node_put(a, section[i], "fields", fields);
    }
    page_layout(w, page, f, section);
}

MUST static bool add_why(Work *w, Node *page, const Record *r)
{
    Arena *a = w->cx.a;
    Node *list = node_put(a, page, "why", node_list(a));
    Because *b;
    int n;

    if (!perm_explain(w, ACT_READ, r, &b, &n)) return false;
    for (int i = 0; i < n; i++) {
        const Role *role = b[i].role ? app_role(w->app, b[i].role) : NULL;
        const char *name = role ? label_show(&role->label, w->cx.lang, b[i].role) : b[i].role;
        Node *one = node_add(a, list, node_map(a));
        node_put_bool(a, one, "allowed", b[i].allowed);
        node_put_text(a, one, "text", name ? arena_printf(a, "%s: %s", name, b[i].text)
            : b[i].text);
        node_put_text(a, one, "rule", b[i].rule);
    }
    const char **due;
    if (!due_why_lines(w, r, &due, &n)) return false;
    for (int i = 0; i < n; i++)
        node_put_text(a, node_add(a, list, node_map(a)), "text", due[i]);
    return true;
}

/* A record that was just made says at once what rules did with it. */
MUST static bool add_explained(Work *w, const Request *q, Node *page, const Record *r)
{
    Explained *x;
    int n;

    if (!request_arg(q, "created") && !request_arg(q, "done")) return true;
    if (!history_explained(w, r->form, record_id(r), &x, &n)) return false;
    if (n) node_put_text(w->cx.a, page, "explained_now", x[0].text);
    return true;
}

static void add_rights(Work *w, Node *page, const Record *r)
{
    Arena *a = w->cx.a;
    const Form *f = r->form;
    int64_t id = record_id(r);

    node_put_bool(a, page, "may_update", perm_on(w, ACT_UPDATE, r));
    node_put_bool(a, page, "may_delete", perm_on(w, ACT_DELETE, r));
    node_put_bool(a, page, "may_create", perm_may(w, f, ACT_CREATE));
    node_put_bool(a, page, "may_comment", true);
    if (w->who.admin && f->nautomation)
        node_put_text(a, page, "runs_href", page_url(a, "/admin/runs", "form", f->key, "record",
            arena_printf(a, "%lld", (long long)id), NULL));
    node_put_text(a, page, "edit_href", page_below(a, f, id, "edit"));
    node_put_text(a, page, "delete_href", page_below(a, f, id, "delete"));
    node_put_text(a, page, "comment_href", page_below(a, f, id, "comment"));
    node_put_text(a, page, "copy_href", page_url(a, arena_printf(a, "/f/%s/new", f->key),
        "copy", arena_printf(a, "%lld", (long long)id), NULL));
}

MUST static bool add_timeline(Work *w, const Request *q, Node *page, const Record *r)
{
    Arena *a = w->cx.a;
    int64_t before = request_arg_int(&w->cx, q, "before", 0, 0, INT64_MAX), next;
    Node *list, *coming;

    if (w->cx.err || !timeline_list(w, r, before, &list, &next)
        || !timeline_next(w, r, &coming) || !remind_panel(w, page, r)) return false;
    node_put(a, page, "timeline", list);
    node_put(a, page, "upcoming", coming);
    node_put_text(a, page, "remind_href", page_below(a, r->form, record_id(r), "reminders"));
    node_put_text(a, page, "timeline_more", !next ? NULL
        : page_url(a, page_href(a, r->form, record_id(r)), "before",
            arena_printf(a, "%lld", (long long)next), NULL));
    return true;
}

bool page_record(Work *w, const Request *q, Response *r)
{
    const Form *f;
    Record *rec;
    Node *related;
    int64_t id;

    if (!request_record(w, q, &f, &id) || !query_one(w, f, id, &rec)
        || !query_titles(w, &rec, 1, f->field, f->nfield)) return false;
    Node *page = page_begin(w, q, record_title(w, rec));
    page_crumbs(w, page, f, rec);
    page_computing(w, page, f);
    node_put_int(w->cx.a, page, "id", id);
    node_put_int(w->cx.a, page, "version", record_version(rec));
    node_put_text(w->cx.a, page, "search_at", arena_printf(w->cx.a, "/f/%s", f->key));
    add_rights(w, page, rec);
    add_path(w, page, rec);
    add_actions(w, page, rec);
    add_pool(w, page, rec);
    add_sections(w, page, rec);
    if (!way_show(w, page, rec) || !task_panel(w, page, rec) || !add_person(w, page, rec) || !add_waits(w, page, rec)
        || !add_moves(w, page, rec) || !add_why(w, page, rec)
        || !add_explained(w, q, page, rec) || !add_timeline(w, q, page, rec)
        || !related_lists(w, rec, &related)) return false;
    node_put(w->cx.a, page, "related", related);
    undo_move(w, q, page, rec, NULL);
    return !w->cx.err && page_end(w, q, r, "record", page);
}

bool page_delete_post(Work *w, const Request *q, Response *r)
{
    const Form *f;
    int64_t id;

    if (!request_record(w, q, &f, &id) || !save_delete(w, f, id, 0)) return false;
    response_redirect(&w->cx, r, arena_printf(w->cx.a, "/f/%s?deleted=%lld", f->key,
        (long long)id));
    return true;
}

bool page_restore_post(Work *w, const Request *q, Response *r)
{
    const Form *f;
    int64_t id;
    Saved saved;

    if (!request_record(w, q, &f, &id) || !save_restore(w, f, id, &saved)) return false;
    response_redirect(&w->cx, r,
        page_url(w->cx.a, page_href(w->cx.a, f, id), "restored", "1", NULL));
    return true;
}

typedef struct Say { const Record *rec; const char *text; } Say;

static bool write_comment(Work *w, void *arg)
{
    const Say *say = arg;
    return history_comment(w, say->rec, say->text);
}

bool page_comment_post(Work *w, const Request *q, Response *r)
{
    const Form *f;
    const char *text = node_text(node_find(q->form, "text"));
    Record *rec;
    int64_t id;

    if (!request_record(w, q, &f, &id) || !query_one(w, f, id, &rec)) return false;
    Say say = { rec, text ? str_trim(w->cx.a, text) : "" };
    if (utf8_count(say.text) > COMMENT_MAX)
        return cx_fail(&w->cx, E_INPUT, "at most %d characters", COMMENT_MAX);
    if (*say.text && !work_write(w, write_comment, &say)) return false;
    response_redirect(&w->cx, r, page_href(w->cx.a, f, id));
    return true;
}
