/*
 * label.c — labels: one text, or a map from languages to texts.
 */
#include "def/label.h"
#include "base/node_json.h"
#include "base/out.h"

#include <string.h>

static bool is_language(const char *key)
{
    size_t n = strspn(key, "abcdefghijklmnopqrstuvwxyz");
    if (n < 2 || n > 3) return false;
    return !key[n] || (key[n] == '-' && key[n + 1]);
}

static void one(Cx *cx, Label *out, const char *lang, const char *text)
{
    out->lang = arena_grow(cx->a, out->lang, (size_t)out->n, (size_t)out->n + 1, sizeof lang);
    out->text = arena_grow(cx->a, out->text, (size_t)out->n, (size_t)out->n + 1, sizeof text);
    out->lang[out->n] = lang;
    out->text[out->n++] = text;
}

bool label_load_node(Cx *cx, const Node *node, Label *out)
{
    *out = (Label){ 0 };
    if (node_blank(node)) return true;
    if (node->kind != NODE_MAP && node->kind != NODE_LIST) {
        one(cx, out, "", node_text(node));
        return true;
    }
    if (node->kind == NODE_LIST || !node->n)
        return cx_issue(cx, node_place(node), "bad_label",
            "a text or a map by language such as {en: Name, zh: 名称} is expected");
    bool fine = true;
    for (int i = 0; i < node->n; i++) {
        const Node *item = node->item[i];
        if (!is_language(item->key))
            fine = cx_issue(cx, node_key_place(item), "bad_language",
                "`%s` is no language such as en or zh", item->key);
        else if (!node_text(item))
            fine = cx_issue(cx, node_place(item), "wrong_kind", "a text is expected here");
        else one(cx, out, item->key, node_text(item));
    }
    return fine;
}

void label_pair(Cx *cx, Label *out, const char *en, const char *zh)
{
    out->n = 2;
    out->lang = ARENA_ARRAY(cx->a, const char *, 2);
    out->text = ARENA_ARRAY(cx->a, const char *, 2);
    out->lang[0] = "en";
    out->text[0] = en;
    out->lang[1] = "zh";
    out->text[1] = zh;
}

bool label_load(Cx *cx, const Node *map, const char *key, Label *out)
{
    return label_load_node(cx, node_find(map, key), out);
}

const char *label_show(const Label *l, const char *lang, const char *otherwise)
{
    for (int i = 0; i < l->n; i++)
        if (!*l->lang[i] || str_eq(l->lang[i], lang ? lang : "en")) return l->text[i];
    return l->n ? l->text[0] : otherwise;
}

const char *label_store(Arena *a, const Label *l)
{
    if (!l->n) return "";
    if (l->n == 1 && !*l->lang[0] && l->text[0][0] != '{') return l->text[0];
    Node *map = node_map(a);
    for (int i = 0; i < l->n; i++) node_put_text(a, map, l->lang[i], l->text[i]);
    return node_json(a, map);
}

const char *label_stored(Arena *a, const char *stored, const char *lang)
{
    if (*stored != '{') return stored;
    Cx cx = cx_begin(a, lang);
    const Node *map = json_parse(&cx, stored, strlen(stored));
    if (!node_is(map, NODE_MAP) || !map->n) return stored;
    const Node *mine = node_find(map, lang ? lang : "en");
    const char *text = node_text(mine ? mine : map->item[0]);
    return text ? text : stored;
}
