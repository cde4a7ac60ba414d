/*
 * api_template.c — the apps that one can begin from: what they are, and their files as those of an
 * app are shown, for a draft to take what it likes of them.
 */
#include "http/definition.h"
#include "base/node_yaml.h"
#include "def/starter.h"

static void put_labels(Work *w, Json *j, const Starter *s)
{
    json_key(j, "name"); json_text(j, s->name);
    json_key(j, "label"); json_text(j, label_show(&s->label, w->cx.lang, s->name));
    json_key(j, "help"); json_text(j, label_show(&s->help, w->cx.lang, ""));
}

/* What its files of that kind are called, in order of their paths. */
static void put_kind(Work *w, Json *j, const Starter *s, const char *kind)
{
    json_list(j);
    for (int i = 0; i < s->nfile; i++) {
        const Source *file = &s->file[i];
        Label label = { 0 };
        if (!str_eq(app_path_kind(file->path), kind)) continue;
        label_load(&w->cx, yaml_parse(&w->cx, file->path, file->text, file->n), "label", &label);
        json_text(j, label_show(&label, w->cx.lang, app_file_key(w->cx.a, file->path)));
    }
    json_list_end(j);
}

bool api_templates(Work *w, const Request *q, Response *r)
{
    static const char *const none[] = { NULL };
    const Starter *list;

    if (!request_args_only(&w->cx, q, none)) return false;
    int n = starter_list(&w->cx, &list);
    Json j = response_json(r, 200);
    json_map(&j);
    json_key(&j, "templates");
    json_list(&j);
    for (int i = 0; i < n; i++) {
        json_map(&j);
        put_labels(w, &j, &list[i]);
        json_key(&j, "forms"); put_kind(w, &j, &list[i], "form");
        json_key(&j, "workflows"); put_kind(w, &j, &list[i], "workflow");
        json_map_end(&j);
    }
    json_list_end(&j);
    json_map_end(&j);
    return true;
}

bool api_template(Work *w, const Request *q, Response *r)
{
    static const char *const none[] = { NULL };
    const Starter *s;

    if (!request_args_only(&w->cx, q, none) || !(s = starter_find(&w->cx, q->segment[0]))) return false;
    Json j = response_json(r, 200);
    json_map(&j);
    put_labels(w, &j, s);
    json_key(&j, "files");
    json_list(&j);
    for (int i = 0; i < s->nfile; i++) {
        const Source *file = &s->file[i];
        const char *kind = app_path_kind(file->path);
        if (!kind) continue;                   /* scenarios and demo data are no definitions */
        json_map(&j);
        json_key(&j, "path"); json_text(&j, file->path);
        json_key(&j, "kind"); json_text(&j, kind);
        definition_text(w, &j, file->path, file->text);
        json_map_end(&j);
    }
    json_list_end(&j);
    json_map_end(&j);
    return true;
}
