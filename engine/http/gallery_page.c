/*
 * gallery_page.c — a gallery view: cards with a picture, as many as a page of a list.
 *
 * A record without a picture shows the initials of its title, on a colour that is always the
 * same for it.
 */
#include "http/list_page.h"
#include "http/undo.h"
#include "data/record_row.h"

#include <string.h>

enum { A_PAGE = 48, INITIALS = 2 };

static const char *const hues[] = { "blue", "green", "amber", "purple", "teal", "pink" };

/* Of "Ann Lee" AL; of a Chinese name its last two characters, by which one is called. */
static const char *initials(Arena *a, const char *title)
{
    Str s = str_begin(a);
    char **word;
    int n = str_split(a, title, ' ', &word);
    const char *p = title;
    bool han = utf8_next(&p) >= 0x2E80;
    int count = utf8_count(title);

    if (han) return utf8_sub(a, title, count > INITIALS && count < 4 ? count - INITIALS : 0,
        INITIALS);
    for (int i = 0, k = 0; i < n && k < INITIALS; i++)
        if (*word[i] && ++k) str_add(&s, utf8_sub(a, word[i], 0, 1));
    return utf8_upper(a, str_show(&s));
}

/* What the picture's field gives, for who may see it. */
static const char *picture(Work *w, const View *v, const Record *r)
{
    const Node *value = v->image ? page_value(w, r, v->image) : NULL;
    const Node *files = node_find(value, "files");
    const char *href = files && files->n ? node_text(node_find(files->item[0], "file_href")) : NULL;

    return href ? page_url(w->cx.a, href, "thumbnail", "1", NULL) : NULL;
}

static const char *color_of(Work *w, const View *v, const Record *r, const char *title)
{
    Val val = v->color ? record_get(r, v->color) : val_blank();
    bool seen = v->color && page_right(w, r, v->color) < RIGHT_MASKED;
    const Option *o = seen && val.kind == VAL_TEXT ? field_option(v->color, val.t) : NULL;

    if (o && o->color) return o->color;
    return hues[str_hash(title) % LEN(hues)];
}

static void add_card(Work *w, const View *v, Node *cards, const Record *r)
{
    Arena *a = w->cx.a;
    Node *card = node_add(a, cards, node_map(a));
    Node *facts = node_put(a, card, "facts", node_list(a));
    const char *own = v->title
        ? node_text(node_find(page_value(w, r, v->title), "text")) : NULL;
    const char *title = own && *own ? own : record_title(w, r);

    node_put_int(a, card, "id", record_id(r));
    node_put_int(a, card, "version", record_version(r));
    node_put_text(a, card, "title", title);
    node_put_text(a, card, "href", page_href(a, r->form, record_id(r)));
    node_put_text(a, card, "picture", picture(w, v, r));
    node_put_text(a, card, "initials", initials(a, title));
    node_put_text(a, card, "color", color_of(w, v, r, title));
    for (int i = 0; i < v->ncard; i++) {
        Node *fact = page_value(w, r, v->card[i]);
        const char *text = node_text(node_find(fact, "text"));
        if (!fact || (text && *text && strstr(title, text))) continue;    /* said above */
        node_put(a, fact, "href", node_new_null(a));    /* one link a card */
        node_add(a, facts, fact);
    }
}

/* Fields whose lists and titles the cards need. */
static int needed(Work *w, const View *v, Field ***out)
{
    int n = 0;

    *out = ARENA_ARRAY(w->cx.a, Field *, v->ncard + 2);
    for (int i = 0; i < v->ncard; i++) (*out)[n++] = v->card[i];
    if (v->title) (*out)[n++] = v->title;
    if (v->image) (*out)[n++] = v->image;
    return n;
}

bool gallery_show(Work *w, const Request *q, Response *r, const ListLook *x)
{
    Arena *a = w->cx.a;
    const View *v = x->view;
    Node *page = page_begin(w, q, form_label(x->form, w->cx.lang));
    Node *cards = node_put(a, page, "cards", node_list(a));
    const char *after = request_arg(q, "after");
    ListLook all = { .form = x->form, .view_key = x->view_key };
    Field **field;
    int n = needed(w, v, &field);
    List list = { 0 };
    ListAsk ask = { .form = x->form, .filter = x->filter, .also = v->filter, .q = x->q,
        .after = after && *after ? after : NULL, .limit = A_PAGE, .field = field, .nfield = n };

    list_frame(w, page, x);
    undo_delete(w, q, page, x->form);
    list_order(w, x, &ask);
    bool ok = query_list(w, &ask, &list) && query_titles(w, list.record, list.n, field, n);
    if (!ok && !list_refused(w, page)) return false;
    for (int i = 0; ok && i < list.n; i++) add_card(w, v, cards, list.record[i]);
    node_put_bool(a, page, "narrowed", x->filter || x->q || v->filter);
    node_put_text(a, page, "all_href", list_url(a, &all, NULL));
    node_put_text(a, page, "next", ok && list.next ? list_url(a, x, list.next) : NULL);
    if (w->cx.err) return false;
    page_end(w, q, r, "gallery", page);
    if (!ok) r->status = 422;
    return true;
}
