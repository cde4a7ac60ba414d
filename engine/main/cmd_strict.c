/*
 * cmd_strict.c — findings of the prover, for people and as JSON.
 */
#include "main/cmd.h"
#include "def/prove.h"

#include <stdio.h>

static void print_json(Cmd *c, const Cx *found)
{
    Str s = str_begin(c->a);
    Json j = json_begin(&s);
    json_map(&j);
    json_key(&j, "ok"); json_bool(&j, !found->nissue);
    json_key(&j, "findings");
    json_list(&j);
    for (int i = 0; i < found->nissue; i++) {
        const Issue *is = &found->issue[i];
        const Finding *f = finding_find(is->code);
        json_map(&j);
        json_key(&j, "file"); json_text(&j, is->at.file);
        json_key(&j, "line"); json_int(&j, is->at.line);
        json_key(&j, "column"); json_int(&j, is->at.col);
        json_key(&j, "code"); json_text(&j, is->code);
        json_key(&j, "message"); json_text(&j, is->text);
        json_key(&j, "advice"); json_text(&j, f ? f->advice : NULL);
        json_map_end(&j);
    }
    json_list_end(&j);
    json_map_end(&j);
    printf("%s\n", str_show(&s));
}

int cmd_findings(Cmd *c, const App *app, const Cx *found)
{
    if (c->json) print_json(c, found);
    for (int i = 0; !c->json && i < found->nissue; i++) {
        const Issue *is = &found->issue[i];
        const Finding *f = finding_find(is->code);
        printf("%s:%d:%d: %s [%s]\n", is->at.file, is->at.line, is->at.col, is->text, is->code);
        if (is->source) printf("%s\n", is->source);
        if (f) printf("    %s\n", f->advice);
    }
    if (!c->json && found->nissue)
        printf("%s: %d finding%s\n", app->key, found->nissue, found->nissue == 1 ? "" : "s");
    else if (!c->json) printf("%s: no findings\n", app->key);
    return found->nissue ? EXIT_ISSUES : EXIT_DONE;
}
