/*
 * template_html.c — where in the markup are we? Enough of HTML's tokenizer to tell text from
 * attributes, URLs and places where no value may stand.
 */
#include "http/template_tree.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

static bool is_any(const char *word, const char *const *list)
{
    for (; *list; list++)
        if (!strcasecmp(word, *list)) return true;
    return false;
}

static bool is_raw(const char *tag)
{
    static const char *const raw[] = { "script", "style", "iframe", "xmp", NULL };
    return is_any(tag, raw);
}

static bool keeps_blanks(const char *tag)
{
    return !strcasecmp(tag, "pre") || !strcasecmp(tag, "textarea");
}

static void end_tag(Html *h)
{
    h->state = HTML_TEXT;
    if (!h->closing && is_raw(h->tag)) h->state = HTML_RAW;
    if (keeps_blanks(h->tag)) h->keep += h->closing ? -1 : 1;
}

static void begin_attr(Html *h, char c)
{
    h->state = HTML_ATTR;
    h->attr_n = 1;
    h->attr[0] = c;
    h->attr[1] = 0;
}

static void feed_tag(Html *h, char c)
{
    if (c == '>') end_tag(h);
    else if (h->state == HTML_AFTER && c == '=') h->state = HTML_VALUE;
    else if (!isspace((unsigned char)c) && c != '/') begin_attr(h, c);
}

static void feed_name(Html *h, char c)
{
    if (isalnum((unsigned char)c) || c == '-') {
        if (h->tag_n < (int)sizeof h->tag - 1) h->tag[h->tag_n++] = c;
        h->tag[h->tag_n] = 0;
    } else {
        h->state = HTML_TAG;
        feed_tag(h, c);
    }
}

static void feed_attr(Html *h, char c)
{
    if (c == '=') h->state = HTML_VALUE;
    else if (c == '>') end_tag(h);
    else if (isspace((unsigned char)c)) h->state = HTML_AFTER;
    else if (c == '/') h->state = HTML_TAG;
    else if (h->attr_n < (int)sizeof h->attr - 1) {
        h->attr[h->attr_n++] = c;
        h->attr[h->attr_n] = 0;
    }
}

static void feed_value(Html *h, char c)
{
    if (h->state == HTML_VALUE) {
        if (isspace((unsigned char)c)) return;
        h->started = false;
        h->quote = c;
        h->state = c == '"' || c == '\'' ? HTML_QUOTED : HTML_BARE;
        if (c == '>') end_tag(h);
    } else if (h->state == HTML_QUOTED) {
        if (c == h->quote) h->state = HTML_TAG;
        else h->started = true;
    } else {
        if (c == '>') end_tag(h);
        else if (isspace((unsigned char)c)) h->state = HTML_TAG;
    }
}

static void feed_open(Html *h, char c, const char *rest)
{
    h->closing = c == '/';
    h->tag_n = 0;
    h->tag[0] = 0;
    if (c == '!') {
        h->state = strncmp(rest, "--", 2) ? HTML_TAG : HTML_COMMENT;
    } else if (c == '/' || isalpha((unsigned char)c)) {
        h->state = HTML_TAG_NAME;
        if (c != '/') feed_name(h, c);
    } else {
        h->state = HTML_TEXT;
    }
}

/* rest: what follows c. */
void html_feed(Html *h, char c, const char *rest)
{
    switch (h->state) {
    case HTML_TEXT: if (c == '<') h->state = HTML_OPEN; break;
    case HTML_OPEN: feed_open(h, c, rest); break;
    case HTML_TAG_NAME: feed_name(h, c); break;
    case HTML_TAG: case HTML_AFTER: feed_tag(h, c); break;
    case HTML_ATTR: feed_attr(h, c); break;
    case HTML_VALUE: case HTML_QUOTED: case HTML_BARE: feed_value(h, c); break;
    case HTML_COMMENT: if (c == '-' && !strncmp(rest, "->", 2)) h->state = HTML_TAG; break;
    case HTML_RAW:
        if (c == '<' && *rest == '/' && !strncasecmp(rest + 1, h->tag, strlen(h->tag)))
            h->state = HTML_OPEN;
        break;
    }
}

static bool in_tag(const Html *h)
{
    return h->state == HTML_TAG_NAME || h->state == HTML_TAG || h->state == HTML_ATTR
        || h->state == HTML_AFTER;
}

bool html_same(const Html *a, const Html *b)
{
    if (in_tag(a) && in_tag(b)) return !strcasecmp(a->tag, b->tag);
    if (a->state != b->state || a->keep != b->keep) return false;
    if (a->state == HTML_TEXT) return true;
    if (a->state == HTML_QUOTED) return a->quote == b->quote && !strcasecmp(a->attr, b->attr);
    return !strcasecmp(a->tag, b->tag);
}

const char *html_place(const Html *h, Escape *as)
{
    static const char *const urls[] = { "href", "src", "action", "formaction", "cite", "poster",
        "data", "ping", "background", "manifest", "xlink:href", NULL };
    static const char *const never[] = { "style", "srcdoc", "srcset", "sandbox", NULL };
    *as = AS_TEXT;
    switch (h->state) {
    case HTML_TEXT: return NULL;
    case HTML_QUOTED:
        if (!strncasecmp(h->attr, "on", 2) || is_any(h->attr, never))
            return "a value may not stand in this attribute";
        *as = !is_any(h->attr, urls) ? AS_ATTR : h->started ? AS_URL_PART : AS_URL;
        return NULL;
    case HTML_VALUE: case HTML_BARE: return "an attribute with a value needs quotes";
    case HTML_RAW: return "a value may not stand in a script or style";
    case HTML_COMMENT: return "a value may not stand in a comment";
    default: return "a value may not stand inside a tag";
    }
}
