/* links: def */
/*
 * What an editor draws from the tables: keys have labels that say what they mean where they
 * stand, and each label and help has its Chinese.
 */
#include "test_support.h"
#include "base/i18n.h"
#include "def/attr_tree.h"

#include <stdio.h>
#include <string.h>

static int texts, missing;

/* i18n gives back the text it was asked for when there is none in that language. */
static void look(const Node *n)
{
    for (int i = 0; i < n->n; i++) {
        const Node *of = n->item[i];
        bool read = of->kind == NODE_TEXT && (str_eq(of->key, "label") || str_eq(of->key, "help"));
        look(of);
        if (!read) continue;
        texts++;
        if (i18n_text("zh", of->text) != of->text) continue;
        missing++;
        print_message("web/i18n/zh.json has not: %s\n", of->text);
    }
}

static void load_chinese(void)
{
    enum { MOST = 4 * 1024 * 1024 };
    char *text = arena_alloc(arena, MOST);
    const char *why = NULL;
    FILE *f = fopen(ROOT "/web/i18n/zh.json", "rb");

    assert_non_null(f);
    size_t n = fread(text, 1, MOST - 1, f);
    fclose(f);
    assert_true(n < MOST - 1);
    text[n] = '\0';
    if (!i18n_load("zh", text, &why)) fail_msg("%s", why);
}

static void every_label_and_help_has_its_chinese(void **state)
{
    (void)state;
    load_chinese();
    look(attr_tree(arena, "en"));
    assert_true(texts > 1000);
    assert_int_equal(missing, 0);
}

/* The label of a key in a list of keys. */
static const char *label(const Node *keys, const char *key)
{
    for (int i = 0; i < keys->n; i++)
        if (str_eq(node_text(node_find(keys->item[i], "key")), key))
            return node_text(node_find(keys->item[i], "label"));
    return NULL;
}

static void a_key_is_called_by_what_it_means_where_it_stands(void **state)
{
    (void)state;
    const Node *tree = attr_tree(arena, "en"), *shapes = node_find(tree, "shapes");
    const Node *types = node_find(node_find(shapes, "field"), "types");
    const Node *flow = node_find(node_find(tree, "kinds"), "workflow"), *moves = NULL;

    for (int i = 0; i < flow->n; i++)
        if (str_eq(node_text(node_find(flow->item[i], "key")), "transitions"))
            moves = node_find(flow->item[i], "of");
    assert_string_equal(label(moves, "to"), "To stage");
    assert_string_equal(label(node_find(node_find(types, "link"), "of"), "to"), "Linked form");
    assert_string_equal(node_text(node_find(node_find(types, "longtext"), "label")), "Long text");
    assert_string_equal(label(node_find(node_find(types, "text"), "of"), "max"), "Maximum");
    assert_string_equal(attr_label(arena, "en", "never_said"), "Never said");
}

RUN(T(every_label_and_help_has_its_chinese), T(a_key_is_called_by_what_it_means_where_it_stands))
