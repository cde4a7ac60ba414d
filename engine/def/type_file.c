/*
 * type_file.c — file, files, image, signature: links to rows of `_file`, the table of what was
 * uploaded. What a person may attach is asked by data/file.
 */
#include "def/form.h"
#include "def/types.h"
#include "base/media.h"

#include <string.h>

enum { MAX_FILES = 100 };

static const char *const pictures[] = { "image/png", "image/jpeg", "image/gif", "image/webp" };

bool field_of_files(const Field *f)
{
    const App *app = f->form ? f->form->app : NULL;
    return app && app->files && f->name.type.form == &app->files->names;
}

static bool load_accept(Cx *cx, Field *f, const Node *n)
{
    const Node *list = node_find(n, "accept");
    int count = node_is(list, NODE_LIST) ? list->n : list ? 1 : 0;
    if (list && list->kind == NODE_MAP)
        return cx_issue(cx, node_place(list), "wrong_kind",
            "`accept` is a list such as [image/*, .pdf]");
    f->accept = ARENA_ARRAY(cx->a, const char *, count + 1);
    for (int i = 0; i < count; i++) {
        const Node *one = list->kind == NODE_LIST ? list->item[i] : list;
        const char *text = node_text(one);
        if (!text || !media_known(text))
            cx_issue(cx, node_place(one), "bad_accept", "`%s` is no type of file known here; "
                "write .pdf, image/* or application/pdf", text ? text : "");
        else f->accept[f->naccept++] = text;
    }
    return true;
}

static bool file_load(Cx *cx, Field *f, const Node *n)
{
    load_accept(cx, f, n);
    return size_read(cx, n, "max_size", &f->max_size);
}

/* Of pictures only those that browsers show; SVG is a program as much as a picture. */
static bool picture_load(Cx *cx, Field *f, const Node *n)
{
    file_load(cx, f, n);
    for (int i = 0; i < f->naccept; i++) {
        bool fits = false;
        for (int k = 0; k < LEN(pictures); k++) fits |= media_fits(f->accept[i], pictures[k]);
        if (!fits)
            cx_issue(cx, node_place(node_find(n, "accept")), "bad_accept",
                "`%s` is no picture that browsers show; those are .png, .jpg, .gif and .webp",
                f->accept[i]);
    }
    return true;
}

static bool file_link(Cx *cx, App *app, Field *f, const Node *n)
{
    (void)cx;
    (void)n;
    f->to = app->files;
    return true;
}

bool file_accepts(const Field *f, const char *type)
{
    if (str_eq(f->type->name, "image") || str_eq(f->type->name, "signature")) {
        if (!media_picture(type)) return false;
    }
    for (int i = 0; i < f->naccept; i++)
        if (media_fits(f->accept[i], type)) return true;
    return !f->naccept;
}

const char *file_accept(Arena *a, const Field *f)
{
    Str s = str_begin(a);
    bool picture = !str_eq(f->type->name, "file") && !str_eq(f->type->name, "files");
    const char *const *list = f->naccept ? f->accept : pictures;
    int n = f->naccept ? f->naccept : picture ? LEN(pictures) : 0;

    for (int i = 0; i < n; i++) str_printf(&s, "%s%s", i ? "," : "", list[i]);
    return s.n ? str_show(&s) : NULL;
}

static bool files_read(Cx *cx, const Field *f, const Node *in, const Zone *zone, Val *out)
{
    bool list = node_is(in, NODE_LIST);
    int n = list ? in->n : 1, count = 0;
    *out = val_blank();
    if (node_blank(in)) return true;
    if (n > MAX_FILES)
        return cx_issue(cx, at_field(f->key), "too_many", "holds too many values");
    Val *item = ARENA_ARRAY(cx->a, Val, n + 1);
    for (int i = 0; i < n; i++) {
        Val v;
        if (!record_input(cx, f, list ? in->item[i] : in, zone, &v)) return false;
        bool again = val_is_blank(v);
        for (int k = 0; k < count && !again; k++) again = val_eq(item[k], v);
        if (!again) item[count++] = v;
    }
    *out = val_list(item, count);
    return true;
}

static void files_show(const Field *f, Val v, const Show *as, Str *out)
{
    for (int i = 0; i < v.n; i++) {
        if (i) str_add(out, str_eq(as->lang, "zh") ? "、" : ", ");
        record_show(f, v.list[i], as, out);
    }
}

static void files_json(const Field *f, Val v, Json *out)
{
    json_list(out);
    for (int i = 0; i < v.n; i++) link_json(f, v.list[i], out);
    json_list_end(out);
}

bool form_of_files(const Form *f)
{
    for (int i = f->nsystem; i < f->nfield; i++)
        if (field_of_files(f->field[i]) || (f->field[i]->rows && form_of_files(f->field[i]->rows)))
            return true;
    return false;
}

static const FieldAttr file_attrs[] = {
    { "accept", ATTR_TEXTS, "which kinds of content, told by the bytes and not by the name: "
      "an ending, a type or a family of types", "accept: [image/*, .png]" },
    { "max_size", ATTR_TEXT, "how large each may be; `limits.file` of app.yaml holds as well",
      "max_size: 5MB", .pattern = "^[0-9]{1,9}(KB|MB|GB)$" },
    { 0 },
};

const FieldType type_file = {
    .name = "file", .label = "File",
    .help = "an uploaded file", .store = STORE_REF, .type = T_RECORD,
    .attr = file_attrs, .load = file_load, .link = file_link, .read = record_input,
    .show = record_show, .json = link_json, .control = "file",
};

const FieldType type_files = {
    .name = "files", .label = "Several files",
    .help = "several uploaded files, in an order", .store = STORE_LIST,
    .type = T_LIST, .of = T_RECORD, .attr = file_attrs, .load = file_load, .link = file_link,
    .read = files_read, .show = files_show, .json = files_json,
    .control = "file",
};

const FieldType type_image = {
    .name = "image", .label = "Picture",
    .help = "a picture: PNG, JPEG, GIF or WebP", .store = STORE_REF,
    .type = T_RECORD, .attr = file_attrs, .load = picture_load, .link = file_link,
    .read = record_input, .show = record_show, .json = link_json, .control = "file",
    .picture = true,
};

const FieldType type_signature = {
    .name = "signature", .label = "Signature",
    .help = "a signature, drawn on the screen or uploaded as a picture",
    .store = STORE_REF, .type = T_RECORD, .attr = file_attrs, .load = picture_load,
    .link = file_link, .read = record_input, .show = record_show, .json = link_json, .control = "file",
    .picture = true,
};
