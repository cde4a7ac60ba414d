/*
 * match.c — items with a set of bytes each, and a matcher that branches only at repeats and
 * captures.
 *
 * The pattern becomes an array of items: a set of bytes with a repeat, the begin or end of a
 * capture, %b, %f, a back reference, the end of the text. Depth of recursion is at most the
 * number of items. Backtracking may still take exponential time: steps are told to the
 * budget, which ends it.
 */
#include "rule/match.h"

#include <ctype.h>
#include <string.h>

#define MOST_ITEMS 180
#define STEPS_A_LOOK 2048
#define OPEN (-1)                             /* Capture.n of one that has not ended */
#define POSITION (-2)

typedef enum ItemKind { ITEM_SET, ITEM_OPEN, ITEM_POSITION, ITEM_CLOSE, ITEM_BALANCE,
    ITEM_FRONTIER, ITEM_BACK, ITEM_END } ItemKind;

struct Item {
    ItemKind kind;
    char repeat;              /* 0 * + - ? */
    unsigned char a, b;       /* BALANCE: the two bytes; BACK: a is the capture */
    uint64_t set[4];
};

static bool in_set(const Item *it, unsigned char c)
{
    return it->set[c >> 6] >> (c & 63) & 1;
}

static void set_add(uint64_t *set, unsigned char c)
{
    set[c >> 6] |= (uint64_t)1 << (c & 63);
}

static bool in_class(int c, int letter)
{
    switch (letter) {
    case 'a': return isalpha(c);
    case 'c': return iscntrl(c);
    case 'd': return isdigit(c);
    case 'g': return isgraph(c);
    case 'l': return islower(c);
    case 'p': return ispunct(c);
    case 's': return isspace(c);
    case 'u': return isupper(c);
    case 'w': return isalnum(c);
    case 'x': return isxdigit(c);
    }
    return false;
}

/* %a, or %. for the byte itself. */
static void set_escape(uint64_t *set, unsigned char letter)
{
    int lower = tolower(letter);
    if (!isalpha(letter) || !strchr("acdglpsuwx", lower)) {
        set_add(set, letter);
        return;
    }
    for (int c = 0; c < 256; c++)
        if (!in_class(c, lower) == (lower != letter)) set_add(set, (unsigned char)c);
}

/* --- compiling ----------------------------------------------------------------------- */

typedef struct Source { lua_State *L; const char *p, *end; } Source;

/* [set] after the bracket; the first ] is itself. */
static void read_set(Source *s, uint64_t *set)
{
    bool not = s->p < s->end && *s->p == '^';
    uint64_t own[4] = { 0 };
    if (not) s->p++;
    bool first = true;
    for (; s->p < s->end && (first || *s->p != ']'); first = false) {
        unsigned char c = (unsigned char)*s->p++;
        if (c == '%') {
            if (s->p == s->end) luaL_error(s->L, "malformed pattern (ends with '%%')");
            set_escape(own, (unsigned char)*s->p++);
        } else if (s->end - s->p >= 2 && s->p[0] == '-' && s->p[1] != ']') {
            for (int i = c; i <= (unsigned char)s->p[1]; i++) set_add(own, (unsigned char)i);
            s->p += 2;
        } else {
            set_add(own, c);
        }
    }
    if (s->p == s->end) luaL_error(s->L, "malformed pattern (missing ']')");
    s->p++;
    for (int i = 0; i < 4; i++) set[i] = not ? ~own[i] : own[i];
}

static void read_repeat(Source *s, Item *it)
{
    if (s->p < s->end && strchr("*+-?", *s->p) && *s->p) it->repeat = *s->p++;
}

/* What follows a %. */
static void read_escape(Source *s, Item *it)
{
    if (s->p == s->end) luaL_error(s->L, "malformed pattern (ends with '%%')");
    unsigned char c = (unsigned char)*s->p++;
    if (c == 'b') {
        if (s->end - s->p < 2)
            luaL_error(s->L, "malformed pattern (missing arguments to '%%b')");
        *it = (Item){ .kind = ITEM_BALANCE, .a = (unsigned char)s->p[0],
            .b = (unsigned char)s->p[1] };
        s->p += 2;
    } else if (c == 'f') {
        if (s->p == s->end || *s->p != '[')
            luaL_error(s->L, "missing '[' after '%%f' in pattern");
        s->p++;
        it->kind = ITEM_FRONTIER;
        read_set(s, it->set);
    } else if (isdigit(c)) {
        if (c == '0') luaL_error(s->L, "invalid capture index %%0");
        *it = (Item){ .kind = ITEM_BACK, .a = (unsigned char)(c - '1') };
    } else {
        set_escape(it->set, c);
        read_repeat(s, it);
    }
}

static void read_item(Source *s, Item *it)
{
    unsigned char c = (unsigned char)*s->p++;
    if (c == '(') {
        it->kind = ITEM_OPEN;
        if (s->p < s->end && *s->p == ')') {
            it->kind = ITEM_POSITION;
            s->p++;
        }
    } else if (c == ')') {
        it->kind = ITEM_CLOSE;
    } else if (c == '$' && s->p == s->end) {
        it->kind = ITEM_END;
    } else if (c == '%') {
        read_escape(s, it);
    } else {
        if (c == '[') read_set(s, it->set);
        else if (c == '.') memset(it->set, 0xFF, sizeof it->set);
        else set_add(it->set, c);
        read_repeat(s, it);
    }
}

Match *match_push(lua_State *L, const char *pattern, size_t n, bool anchors)
{
    size_t most = n < MOST_ITEMS ? n : MOST_ITEMS;
    Match *p = lua_newuserdatauv(L, sizeof *p + most * sizeof(Item), 0);
    memset(p, 0, sizeof *p + most * sizeof(Item));
    p->L = L;
    p->item = (Item *)(p + 1);
    Source s = { L, pattern, pattern + n };
    if (anchors && n && *pattern == '^') {
        p->anchored = true;
        s.p++;
    }
    while (s.p < s.end) {
        if (p->nitem == MOST_ITEMS) luaL_error(L, "pattern too complex");
        read_item(&s, &p->item[p->nitem++]);
    }
    return p;
}

/* --- matching ------------------------------------------------------------------------ */

static const char *from_item(Match *p, const char *s, int i);

static void step(Match *p)
{
    if (++p->steps % STEPS_A_LOOK == 0) box_tick(p->L, STEPS_A_LOOK);
}

static bool one(Match *p, const Item *it, const char *s)
{
    step(p);
    return s < p->end && in_set(it, (unsigned char)*s);
}

static const char *run_most(Match *p, const char *s, int i)
{
    const Item *it = &p->item[i];
    ptrdiff_t n = 0, least = it->repeat == '+';
    while (one(p, it, s + n)) n++;
    for (; n >= least; n--) {
        const char *end = from_item(p, s + n, i + 1);
        if (end) return end;
        step(p);
    }
    return NULL;
}

static const char *run_least(Match *p, const char *s, int i)
{
    for (;; s++) {
        const char *end = from_item(p, s, i + 1);
        if (end) return end;
        if (!one(p, &p->item[i], s)) return NULL;
    }
}

static const char *run_capture(Match *p, const char *s, int i, ptrdiff_t n)
{
    if (p->ncapture == MATCH_CAPTURES) luaL_error(p->L, "too many captures");
    p->capture[p->ncapture++] = (Capture){ s, n };
    const char *end = from_item(p, s, i + 1);
    if (!end) p->ncapture--;
    return end;
}

static const char *run_close(Match *p, const char *s, int i)
{
    int k = p->ncapture - 1;
    while (k >= 0 && p->capture[k].n != OPEN) k--;
    if (k < 0) luaL_error(p->L, "invalid pattern capture");
    p->capture[k].n = s - p->capture[k].from;
    const char *end = from_item(p, s, i + 1);
    if (!end) p->capture[k].n = OPEN;
    return end;
}

static const char *run_balance(Match *p, const Item *it, const char *s)
{
    if (s >= p->end || (unsigned char)*s != it->a) return NULL;
    int depth = 1;
    while (++s < p->end) {
        step(p);
        if ((unsigned char)*s == it->b) {
            if (--depth == 0) return s + 1;
        } else if ((unsigned char)*s == it->a) {
            depth++;
        }
    }
    return NULL;
}

static const char *run_back(Match *p, const Item *it, const char *s)
{
    if (it->a >= p->ncapture || p->capture[it->a].n < 0)
        luaL_error(p->L, "invalid capture index %%%d", it->a + 1);
    const Capture *c = &p->capture[it->a];
    box_tick(p->L, c->n / 16 + 1);
    if (p->end - s < c->n || memcmp(s, c->from, (size_t)c->n)) return NULL;
    return s + c->n;
}

static bool at_frontier(const Match *p, const Item *it, const char *s)
{
    unsigned char before = s == p->text ? 0 : (unsigned char)s[-1];
    unsigned char here = s < p->end ? (unsigned char)*s : 0;
    return !in_set(it, before) && in_set(it, here);
}

static const char *from_item(Match *p, const char *s, int i)
{
    for (; i < p->nitem; i++) {
        const Item *it = &p->item[i];
        switch (it->kind) {
        case ITEM_SET:
            if (it->repeat == '*' || it->repeat == '+') return run_most(p, s, i);
            if (it->repeat == '-') return run_least(p, s, i);
            if (one(p, it, s)) {
                const char *end = it->repeat ? from_item(p, s + 1, i + 1) : NULL;
                if (end) return end;
                if (!it->repeat) s++;
            } else if (!it->repeat) {
                return NULL;
            }
            break;
        case ITEM_OPEN: return run_capture(p, s, i, OPEN);
        case ITEM_POSITION: return run_capture(p, s, i, POSITION);
        case ITEM_CLOSE: return run_close(p, s, i);
        case ITEM_BALANCE:
            if (!(s = run_balance(p, it, s))) return NULL;
            break;
        case ITEM_BACK:
            if (!(s = run_back(p, it, s))) return NULL;
            break;
        case ITEM_FRONTIER:
            step(p);
            if (!at_frontier(p, it, s)) return NULL;
            break;
        case ITEM_END:
            if (s != p->end) return NULL;
            break;
        }
    }
    return s;
}

const char *match_run(Match *p, const char *at)
{
    p->ncapture = 0;
    return from_item(p, at, 0);
}

void match_capture_push(Match *p, int i, const char *from, const char *to)
{
    if (i >= p->ncapture) {
        if (i) luaL_error(p->L, "invalid capture index %%%d", i + 1);
        lua_pushlstring(p->L, from, (size_t)(to - from));
        return;
    }
    const Capture *c = &p->capture[i];
    if (c->n == OPEN) luaL_error(p->L, "unfinished capture");
    if (c->n == POSITION) lua_pushinteger(p->L, c->from - p->text + 1);
    else lua_pushlstring(p->L, c->from, (size_t)c->n);
}

int match_captures(Match *p, const char *from, const char *to)
{
    int n = p->ncapture == 0 && from ? 1 : p->ncapture;
    luaL_checkstack(p->L, n, "too many captures");
    for (int i = 0; i < n; i++) match_capture_push(p, i, from, to);
    return n;
}

bool match_plain(const char *pattern, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (pattern[i] && strchr("^$*+?.([%-", pattern[i])) return false;
    return true;
}
