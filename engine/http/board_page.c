/*
 * board_page.c — a kanban view: one column a stage (or option), its first cards, count and sum.
 *
 * Each card carries the moves it may make or why not, so that a drop is answered without
 * asking; the server judges again when it is made. By a choice, a move is a change of that
 * field. One group query gives all totals.
 */
#include "http/list_page.h"
#include "http/undo.h"
#include "base/i18n.h"
#include "data/move.h"
#include "data/people_show.h"

#include <stdlib.h>
#include <string.h>

enum { CARDS = 50 };

typedef struct Board {
    const ListLook *look;
    const Workflow *flow;          /* NULL: columns are options */
    const Field *by;
    const Field *sum;              /* NULL: none, or not for this person */
    const char *here;
    Groups groups;
} Board;

static const Workflow *flow_of(const ListLook *x)
{
    const Form *f = x->form;

    for (int i = 0; x->workflow && i < f->nworkflow; i++)
        if (str_eq(f->workflow[i]->key, x->workflow)) return f->workflow[i];
    return f->nworkflow ? f->workflow[f->nworkflow - 1] : NULL;
}

static bool by_stage(const Field *f)
{
    return f && str_eq(f->type->name, "stage");
}

static const char *quoted(Arena *a, const char *text)
{
    Str s = str_begin(a);
    str_add_char(&s, '\'');
    for (; *text; text++) {
        str_add_char(&s, *text);
        if (*text == '\'') str_add_char(&s, '\'');
    }
    str_add_char(&s, '\'');
    return str_show(&s);
}

/* What was typed and the column, as one filter. */
static const char *filter_of(Work *w, const Board *b, const char *key)
{
    Arena *a = w->cx.a;
    Str s = str_begin(a);

    if (b->look->filter) str_printf(&s, "(%s)", b->look->filter);
    if (b->flow)
        str_printf(&s, "%sworkflow = %s", s.n ? " and " : "", quoted(a, b->flow->key));
    if (key)
        str_printf(&s, "%s%s = %s", s.n ? " and " : "", b->by->key,
            *key ? quoted(a, key) : "blank");
    return s.n ? str_show(&s) : NULL;
}

static bool asks(const MoveOffer *o)
{
    return o->nmissing > 0;
}

static Node *move_node(Work *w, const Board *b, const Record *r, const MoveOffer *o)
{
    Arena *a = w->cx.a;
    const Transition *t = o->transition;
    Node *m = node_map(a);

    node_put_text(a, m, "name", t->key);
    node_put_text(a, m, "to", t->to->key);
    node_put_text(a, m, "label", label_show(&t->label, w->cx.lang, t->key));
    node_put_text(a, m, "to_label", transition_target(w->cx.a, t, w->cx.lang));
    node_put_text(a, m, "href", page_url(a, page_below(a, r->form, record_id(r),
        arena_printf(a, "move/%s", t->key)), "back", b->here, NULL));
    node_put_bool(a, m, "asks", asks(o));
    node_put_text(a, m, "why", o->allowed ? NULL : o->why);
    return m;
}

/* Why this card may not be given another value; NULL: it may. */
static const char *fixed(Work *w, const Board *b, const Record *r)
{
    if (!perm_on(w, ACT_UPDATE, r))
        return page_say(w, "Only these may change this record: %s.",
            people_roles(w, r->form, ACT_UPDATE));
    if (b->by->computed || page_right(w, r, b->by) != RIGHT_FULL)
        return page_say(w, "no right to change %s", field_label(b->by, w->cx.lang));
    return NULL;
}

/* The other columns, as changes of the field. Without a script the form is the way. */
static void add_values(Work *w, const Board *b, Node *moves, const Record *r)
{
    Arena *a = w->cx.a;
    const char *why = fixed(w, b, r);
    Val now = record_get(r, b->by);

    for (int i = 0; i < b->by->noption; i++) {
        const Option *o = &b->by->option[i];
        if (now.kind == VAL_TEXT && str_eq(now.t, o->value)) continue;
        Node *m = node_add(a, moves, node_map(a));
        node_put_text(a, m, "name", o->value);
        node_put_text(a, m, "to", o->value);
        node_put(a, m, "label", node_new_null(a));
        node_put_text(a, m, "to_label", label_show(&o->label, w->cx.lang, o->value));
        node_put_text(a, m, "href", page_below(a, r->form, record_id(r), "edit"));
        node_put_bool(a, m, "asks", false);
        node_put_text(a, m, "why", why);
    }
}

static bool add_moves(Work *w, const Board *b, Node *card, const Record *r)
{
    Arena *a = w->cx.a;
    Node *moves = node_put(a, card, "moves", node_list(a));
    MoveOffer *offer;
    int n;

    if (!b->flow) {
        if (b->by) add_values(w, b, moves, r);
        return !w->cx.err;
    }
    if (!move_offers(w, r, &offer, &n)) return false;
    for (int i = 0; i < n; i++) node_add(a, moves, move_node(w, b, r, &offer[i]));
    return true;
}

static bool add_card(Work *w, const Board *b, Node *cards, const Record *r)
{
    Arena *a = w->cx.a;
    const View *v = b->look->view;
    Node *card = node_add(a, cards, node_map(a));
    Node *facts = node_put(a, card, "facts", node_list(a));

    node_put_int(a, card, "id", record_id(r));
    node_put_int(a, card, "version", record_version(r));
    const char *title = record_title(w, r);
    node_put_text(a, card, "title", title);
    node_put_text(a, card, "href", page_href(a, r->form, record_id(r)));
    Val due = r->form->staged ? r->val[SYS_STAGE_DUE] : val_blank();
    if (due.kind == VAL_DATETIME) node_put_text(a, card, "due", page_moment(w, due.i));
    page_stage_due(w, card, r);
    for (int i = 0; i < v->ncard; i++) {
        Node *fact = page_value(w, r, v->card[i]);
        const char *text = node_text(node_find(fact, "text"));
        if (!fact || (text && *text && strstr(title, text))) continue;    /* said above */
        node_put(a, fact, "href", node_new_null(a));    /* one link a card */
        node_add(a, facts, fact);
    }
    return add_moves(w, b, card, r);
}

/* How many the column holds; what it does not show is told below it. */
static int64_t add_totals(Work *w, const Board *b, Node *column, const char *key)
{
    int64_t count = 0;
    Arena *a = w->cx.a;
    Show show = page_show(w);

    node_put_text(a, column, "count", "0");
    for (int i = 0; i < b->groups.n; i++) {
        const GroupRow *row = &b->groups.row[i];
        const char *of = row->key[0].kind == VAL_TEXT ? row->key[0].t : "";
        if (strcmp(of, key)) continue;
        const char *many = val_show(a, row->value[0]);
        count = strtoll(many, NULL, 10);
        node_put_text(a, column, "count", many);
        if (!b->sum) continue;
        Val v = record_fit(w, b->sum, row->value[1]);
        node_put_text(a, column, "sum", field_show(a, b->sum, v, &show));
    }
    return count;
}

/* What stands below the cards: the rest, in a list. */
static void add_rest(Work *w, const Board *b, Node *column, const char *key, int64_t rest)
{
    Arena *a = w->cx.a;
    const Form *f = b->look->form;
    const View *table = list_table(f);

    node_put_text(a, column, "more_text", rest > 0 ? page_say(w, "%lld more", (long long)rest)
        : page_say(w, "Show all"));
    node_put_text(a, column, "more", !table ? NULL
        : page_url(a, arena_printf(a, "/f/%s", f->key), "view", table->key, "filter",
            filter_of(w, b, key), "q", b->look->q, NULL));
}

static bool add_column(Work *w, const Board *b, Node *columns, const char *key,
    const char *label)
{
    Arena *a = w->cx.a;
    const View *v = b->look->view;
    Node *column = node_add(a, columns, node_map(a));
    Node *cards = node_put(a, column, "cards", node_list(a));
    int nsort;
    const Sort *sorts = list_sorts(w, v, &nsort);
    List list;

    node_put_text(a, column, "key", key);
    node_put_text(a, column, "label", label);
    node_put(a, column, "sum", node_new_null(a));
    int64_t count = add_totals(w, b, column, key);
    ListAsk ask = { .form = b->look->form, .filter = filter_of(w, b, key), .also = v->filter,
        .sorts = sorts, .nsort = nsort, .q = b->look->q, .limit = CARDS,
        .field = v->card, .nfield = v->ncard };
    if (!query_list(w, &ask, &list) || !query_titles(w, list.record, list.n, v->card, v->ncard))
        return false;
    for (int i = 0; i < list.n; i++)
        if (!add_card(w, b, cards, list.record[i])) return false;
    if (list.next) add_rest(w, b, column, key, count - list.n);
    return true;
}

static bool has_blank(const Board *b)
{
    for (int i = 0; i < b->groups.n; i++)
        if (val_is_blank(b->groups.row[i].key[0])) return true;
    return false;
}

static bool stands_in(const Board *b, const char *stage)
{
    for (int i = 0; i < b->groups.n; i++)
        if (b->groups.row[i].key[0].kind == VAL_TEXT
            && str_eq(b->groups.row[i].key[0].t, stage)) return true;
    return false;
}

/* Stages that only older versions of the workflow have, while records stand in them. */
static bool add_older(Work *w, const Board *b, Node *columns)
{
    const Workflow *flow = b->flow;

    for (int i = 0; flow && i < flow->nolder; i++)
        for (int k = 0; k < flow->older[i]->nstage; k++) {
            const Stage *s = &flow->older[i]->stage[k];
            if (workflow_any_stage(flow, s->key) != s || !stands_in(b, s->key)) continue;
            if (!add_column(w, b, columns, s->key, label_show(&s->label, w->cx.lang, s->key)))
                return false;
        }
    return true;
}

static bool add_columns(Work *w, const Board *b, Node *page)
{
    Node *columns = node_put(w->cx.a, page, "columns", node_list(w->cx.a));

    for (int i = 0; b->flow && i < b->flow->nstage; i++) {
        const Stage *s = &b->flow->stage[i];
        if (!add_column(w, b, columns, s->key, label_show(&s->label, w->cx.lang, s->key)))
            return false;
    }
    if (!add_older(w, b, columns)) return false;
    if (!b->flow && has_blank(b)
            && !add_column(w, b, columns, "", page_say(w, "Without"))) return false;
    for (int i = 0; !b->flow && b->by && i < b->by->noption; i++) {
        const Option *o = &b->by->option[i];
        if (!add_column(w, b, columns, o->value, label_show(&o->label, w->cx.lang, o->value)))
            return false;
    }
    return true;
}

static void add_flows(Work *w, const Board *b, Node *page)
{
    Arena *a = w->cx.a;
    const Form *f = b->look->form;
    Node *flows = node_put(a, page, "workflows", node_list(a));

    for (int i = 0; b->flow && f->nworkflow > 1 && i < f->nworkflow; i++) {
        ListLook other = *b->look;
        Node *one = node_add(a, flows, node_map(a));
        other.workflow = f->workflow[i]->key;
        node_put_text(a, one, "label",
            label_show(&f->workflow[i]->label, w->cx.lang, f->workflow[i]->key));
        node_put_text(a, one, "href", list_url(a, &other, NULL));
        node_put_bool(a, one, "current", f->workflow[i] == b->flow);
    }
}

/* The typed filter alone first: a mistake is then told as it was typed. */
static bool totals(Work *w, Board *b)
{
    const View *v = b->look->view;
    List list;
    ListAsk probe = { .form = b->look->form, .filter = b->look->filter, .limit = 1 };

    if (b->look->filter && !query_list(w, &probe, &list)) return false;
    if (!b->by || !perm_filterable(w, b->look->form, b->by)) return true;
    GroupAsk ask = { .form = b->look->form, .by = b->by->key, .filter = filter_of(w, b, NULL),
        .also = v->filter, .limit = 200,
        .of = b->sum ? arena_printf(w->cx.a, "count(),sum(%s)", b->sum->key) : "count()" };
    return query_group(w, &ask, &b->groups);
}

/* A move without script came back here. */
static void add_undo(Work *w, const Request *q, Node *page, const Board *b)
{
    Cx before = w->cx;
    int64_t id = request_arg_int(&w->cx, q, "record", 0, 1, INT64_MAX);
    Record *rec;

    undo_delete(w, q, page, b->look->form);
    if (id && !w->cx.err && query_one(w, b->look->form, id, &rec))
        undo_move(w, q, page, rec, b->here);
    if (w->cx.err) w->cx = before;
}

bool board_show(Work *w, const Request *q, Response *r, const ListLook *x)
{
    Arena *a = w->cx.a;
    const View *v = x->view;
    Board b = { .look = x, .by = v->by };
    Node *page = page_begin(w, q, form_label(x->form, w->cx.lang));

    if (by_stage(v->by)) b.flow = flow_of(x);
    if (v->sum && perm_filterable(w, x->form, v->sum)) b.sum = v->sum;
    b.here = list_url(a, x, NULL);
    list_frame(w, page, x);
    add_undo(w, q, page, &b);
    node_put_text(a, page, "board_to", "{to}");          /* the script fills it in */
    if (!b.flow && b.by) node_put_text(a, page, "by", b.by->key);
    if (b.flow) node_put_text(a, page, "workflow", b.flow->key);
    add_flows(w, &b, page);
    bool ok = totals(w, &b) && add_columns(w, &b, page);
    if (!ok && !list_refused(w, page)) return false;
    page_end(w, q, r, "board", page);
    if (!ok) r->status = 422;
    return true;
}
