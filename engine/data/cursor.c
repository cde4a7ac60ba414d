/*
 * cursor.c — where a page of a list ended: the values of its order, signed.
 *
 *     base64url( ["form", "-amount,id", [12050, 7]] + 16 bytes of keyed hash )
 */
#include "data/query_in.h"
#include "data/engine.h"
#include "base/node_json.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#define MAC 16
#define LONGEST 8192

static void sign(Work *w, const char *text, unsigned char mac[MAC])
{
    unsigned char sum[32];

    engine_sign(w->engine, "cursor", text, sum);
    memcpy(mac, sum, MAC);
}

char *cursor_write(Work *w, const Form *f, const Order *o, const Val *at)
{
    Str s = str_begin(w->cx.a);
    Json j = json_begin(&s);
    unsigned char mac[MAC];

    json_list(&j);
    json_text(&j, f->key);
    json_text(&j, o->text);
    json_list(&j);
    for (int i = 0; i < o->n; i++) json_val(&j, at[i]);
    json_list_end(&j);
    json_list_end(&j);
    sign(w, s.p, mac);
    str_add_n(&s, (const char *)mac, MAC);
    size_t cap = sodium_base64_encoded_len(s.n, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    char *out = arena_alloc(w->cx.a, cap);
    return sodium_bin2base64(out, cap, (const unsigned char *)s.p, s.n,
        sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

static bool value_of(Arena *a, const Node *n, Val *out)
{
    int64_t i;

    *out = val_blank();
    if (node_is(n, NODE_NULL)) return true;
    if (node_is(n, NODE_TEXT)) {
        *out = val_text(arena_dup(a, n->text));
        return true;
    }
    if (!node_is(n, NODE_NUMBER)) return false;
    *out = node_int(n, &i) ? val_int(i) : val_real(strtod(n->text, NULL));
    return true;
}

/* The signed text, or NULL. */
static char *opened(Work *w, const char *text)
{
    size_t n = strlen(text), len;
    unsigned char mac[MAC];

    if (n > LONGEST) return NULL;
    char *raw = arena_alloc(w->cx.a, n + 1);
    if (sodium_base642bin((unsigned char *)raw, n, text, n, NULL, &len, NULL,
            sodium_base64_VARIANT_URLSAFE_NO_PADDING) || len <= MAC) return NULL;
    char *body = arena_dup_n(w->cx.a, raw, len - MAC);
    sign(w, body, mac);
    return sodium_memcmp(mac, raw + len - MAC, MAC) ? NULL : body;
}

bool cursor_read(Work *w, const Form *f, const Order *o, const char *text, Val *at)
{
    char *body = opened(w, text);
    Node *n = body ? json_parse(&w->cx, body, strlen(body)) : NULL;
    bool ok = node_is(n, NODE_LIST) && n->n == 3 && str_eq(node_text(n->item[0]), f->key)
        && str_eq(node_text(n->item[1]), o->text) && node_is(n->item[2], NODE_LIST)
        && n->item[2]->n == o->n;

    for (int i = 0; ok && i < o->n; i++) ok = value_of(w->cx.a, n->item[2]->item[i], &at[i]);
    return ok || cx_fail(&w->cx, E_SYNTAX, "this cursor does not belong to this list");
}
