/*
 * page_file.c — files as people see them: in a record by name or as a picture, in a form with
 * what may be done about them. Without script a form keeps, removes and adds them all the same.
 */
#include "http/page.h"
#include "data/file.h"
#include "data/record_row.h"
#include "base/media.h"

#include <stdlib.h>

static const char *size_text(Arena *a, int64_t size)
{
    if (size < 1024) return arena_printf(a, "%lld B", (long long)size);
    if (size < 1024 * 1024) return arena_printf(a, "%lld KB", (long long)((size + 512) / 1024));
    int64_t tenths = (size * 10 + 524288) / 1048576;
    return arena_printf(a, "%lld.%lld MB", (long long)(tenths / 10), (long long)(tenths % 10));
}

static void add_file(Work *w, Node *list, const FileInfo *f)
{
    Arena *a = w->cx.a;
    Node *one = node_add(a, list, node_map(a));

    node_put_int(a, one, "file", f->id);
    node_put_text(a, one, "file_name", f->name);
    node_put_text(a, one, "file_type", f->type);
    node_put_int(a, one, "bytes", f->size);
    node_put_text(a, one, "size", size_text(a, f->size));
    node_put_text(a, one, "file_href",
        arena_printf(a, "/api/v1/files/%lld", (long long)f->id));
    node_put_bool(a, one, "picture", media_picture(f->type));
}

static bool holds(Val v, int64_t id)
{
    if (v.kind == VAL_REC) return v.i == id;
    for (int i = 0; v.kind == VAL_LIST && i < v.n; i++)
        if (v.list[i].i == id) return true;
    return false;
}

Node *page_files(Work *w, Val v)
{
    Node *list = node_list(w->cx.a);
    int n = v.kind == VAL_LIST ? v.n : v.kind == VAL_REC;

    for (int i = 0; i < n; i++) {
        const FileInfo *f = file_info(w, v.kind == VAL_LIST ? v.list[i].i : v.i);
        if (f) add_file(w, list, f);
    }
    return list;
}

/* Of ids that came with a form: the record's own and those this person uploaded. Others, and
   the empty text that says "none", are no files here. */
static void add_typed(Work *w, Node *list, Val stored, const Node *typed)
{
    const char *text = node_text(typed);
    int64_t id = text ? strtoll(text, NULL, 10) : 0;
    const FileInfo *f = id > 0 ? file_info(w, id) : NULL;

    if (f && (holds(stored, id) || (f->by && f->by == w->who.id))) add_file(w, list, f);
}

void page_file_field(Work *w, Node *out, const FieldAsk *ask)
{
    Arena *a = w->cx.a;
    const Field *f = ask->f;
    const Node *typed = node_find(ask->input, f->key);
    Val stored = record_get(ask->r, f);
    Node *list = typed ? node_list(a) : page_files(w, stored);
    int64_t most = w->app->limits.file;

    if (f->max_size && (most <= 0 || f->max_size < most)) most = f->max_size;
    for (int i = 0; typed && typed->kind == NODE_LIST && i < typed->n; i++)
        add_typed(w, list, stored, typed->item[i]);
    if (typed && typed->kind != NODE_LIST) add_typed(w, list, stored, typed);
    node_put(a, out, "files", list);
    node_put_text(a, out, "accept", file_accept(a, f));
    node_put_bool(a, out, "many", field_is_list(f));
    node_put_bool(a, out, "draws", str_eq(f->type->name, "signature"));
    if (most > 0) {
        node_put_int(a, out, "max", most);
        node_put_text(a, out, "most", size_text(a, most));
    }
}
