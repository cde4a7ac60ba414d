/*
 * mail.c — one plain text message by SMTP.
 *
 * What enters a header is refused when it holds a line break; what is not ASCII is encoded
 * (RFC 2047). The body goes as base64, so no line of it can end the message.
 */
#include "data/mail.h"
#include "base/node_json.h"
#include "base/sys.h"
#include "base/when.h"

#include <curl/curl.h>
#include <string.h>

static const char alphabet[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static void add_base64(Str *out, const unsigned char *p, size_t n, size_t line)
{
    for (size_t i = 0; i < n; i += 3) {
        uint32_t v = (uint32_t)p[i] << 16;
        if (i + 1 < n) v |= (uint32_t)p[i + 1] << 8;
        if (i + 2 < n) v |= p[i + 2];
        if (line && i && i % line == 0) str_add(out, "\r\n");
        str_add_char(out, alphabet[v >> 18]);
        str_add_char(out, alphabet[v >> 12 & 63]);
        str_add_char(out, i + 1 < n ? alphabet[v >> 6 & 63] : '=');
        str_add_char(out, i + 2 < n ? alphabet[v & 63] : '=');
    }
}

static bool one_line(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < ' ' || *text == 0x7f) return false;
    return true;
}

static bool is_ascii(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text >= 0x80) return false;
    return true;
}

/* "Name <a@b>" → a@b. */
static const char *address(Arena *a, const char *text)
{
    const char *open = strrchr(text, '<'), *close = open ? strchr(open, '>') : NULL;
    return close ? arena_dup_n(a, open + 1, (size_t)(close - open - 1)) : text;
}

static bool is_address(const char *text)
{
    return strchr(text, '@') && one_line(text) && is_ascii(text) && !strpbrk(text, " <>,;\"");
}

/* Encoded words hold whole characters and stay below 75 bytes. */
static void add_words(Str *out, const char *text)
{
    if (is_ascii(text) && strlen(text) < 70) {
        str_add(out, text);
        return;
    }
    for (const char *p = text; *p; ) {
        const char *start = p, *end = p;
        while (*p && p - start <= 40) { end = p; utf8_next(&p); }
        if (!*p || end == start) end = p;
        if (start != text) str_add(out, "\r\n ");
        str_add(out, "=?UTF-8?B?");
        add_base64(out, (const unsigned char *)start, (size_t)(end - start), 0);
        str_add(out, "?=");
        p = end;
    }
}

static void add_date(Str *out, int64_t now)
{
    static const char *const day[] = { "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" };
    static const char *const month[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul",
        "Aug", "Sep", "Oct", "Nov", "Dec" };
    int64_t today = local_day(now, zone_utc()), s = now - today * 86400;
    Ymd d = day_split(today);

    str_printf(out, "Date: %s, %02d %s %04d %02d:%02d:%02d +0000\r\n",
        day[day_weekday(today) - 1], d.day, month[d.month - 1], d.year, (int)(s / 3600),
        (int)(s / 60 % 60), (int)(s % 60));
}

char *mail_text(Cx *cx, const char *from, const char *to, const char *subject,
    const char *text, int64_t now)
{
    Str s = str_begin(cx->a);
    const char *sender = address(cx->a, from);

    if (!is_address(sender) || !one_line(from))
        return cx_fail(cx, E_INPUT, "no sender's address: %s", from), NULL;
    if (!is_address(to)) return cx_fail(cx, E_INPUT, "no e-mail address: %s", to), NULL;
    if (!one_line(subject))
        return cx_fail(cx, E_INPUT, "a subject is one line of text"), NULL;
    add_date(&s, now);
    str_printf(&s, "From: %s\r\nTo: %s\r\nSubject: ", is_ascii(from) ? from : sender, to);
    add_words(&s, subject);
    str_printf(&s, "\r\nMessage-ID: <%s%s>\r\nMIME-Version: 1.0\r\n", sys_token(cx->a),
        strchr(sender, '@'));
    str_add(&s, "Content-Type: text/plain; charset=utf-8\r\n"
        "Content-Transfer-Encoding: base64\r\nAuto-Submitted: auto-generated\r\n\r\n");
    add_base64(&s, (const unsigned char *)text, strlen(text), 57);
    str_add(&s, "\r\n");
    return (char *)str_show(&s);
}

typedef struct Upload { const char *p; size_t n; } Upload;

static size_t give(char *out, size_t size, size_t count, void *arg)
{
    Upload *u = arg;
    size_t n = size * count < u->n ? size * count : u->n;

    memcpy(out, u->p, n);
    u->p += n;
    u->n -= n;
    return n;
}

/* The talk with a server: the command sent last, and what it answered. */
typedef struct Talk { char verb[5], said[400]; bool over; } Talk;

static int hear(CURL *c, curl_infotype what, char *p, size_t n, void *arg)
{
    static const char *const verbs[] = { "EHLO", "HELO", "STAR", "AUTH", "MAIL", "RCPT", "DATA", "QUIT" };
    Talk *t = arg;
    char verb[5] = "";

    (void)c;
    if (n >= 4) memcpy(verb, p, 4);
    if (what == CURLINFO_HEADER_OUT && str_in(verb, verbs, LEN(verbs))) {
        t->over |= str_eq(verb, "QUIT");
        if (!t->over) memcpy(t->verb, verb, sizeof verb);
    } else if (what == CURLINFO_HEADER_IN && !t->over) {
        while (n && (unsigned char)p[n - 1] <= ' ') n--;
        if (n >= sizeof t->said) n = sizeof t->said - 1;
        memcpy(t->said, p, n);
        t->said[n] = '\0';
    }
    return 0;
}

/* What the server answered to: none of its words tell a refused sender from a refused receiver. */
static const char *where(const Talk *t)
{
    static const char *const at[][2] = { { "STAR", "secure" }, { "AUTH", "login" },
        { "MAIL", "sender" }, { "RCPT", "recipient" }, { "DATA", "message" } };

    for (int i = 0; i < LEN(at); i++)
        if (str_eq(t->verb, at[i][0])) return at[i][1];
    return "connect";
}

static void tell(Cx *cx, const Talk *t, CURLcode code, JobEnd *end)
{
    bool fine = utf8_valid(t->said, strlen(t->said)) && one_line(t->said) && *t->said;

    if (!end) return;
    end->said = fine ? arena_dup(cx->a, t->said) : NULL;
    if (code != CURLE_OK) end->where = code == CURLE_LOGIN_DENIED ? "login" : where(t);
}

static void set_limits(CURL *c, const JobEnd *end)
{
    curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, 10L);
    curl_easy_setopt(c, CURLOPT_TIMEOUT, end && end->hurry ? 20L : 60L);
    curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
}

bool mail_send(Cx *cx, const char *smtp, const char *from, const char *to,
    const char *subject, const char *text, JobEnd *end)
{
    char why[CURL_ERROR_SIZE] = "";
    Talk talk = { 0 };
    char *mail = mail_text(cx, from, to, subject, text, sys_now());
    if (!mail) return false;
    Upload body = { mail, strlen(mail) };
    CURL *c = curl_easy_init();
    struct curl_slist *rcpt = curl_slist_append(NULL, to);

    BUG_IF(!c || !rcpt);
    curl_easy_setopt(c, CURLOPT_URL, smtp);
    curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(c, CURLOPT_MAIL_FROM, address(cx->a, from));
    curl_easy_setopt(c, CURLOPT_MAIL_RCPT, rcpt);
    curl_easy_setopt(c, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(c, CURLOPT_READFUNCTION, give);
    curl_easy_setopt(c, CURLOPT_READDATA, &body);
    curl_easy_setopt(c, CURLOPT_USE_SSL, (long)CURLUSESSL_TRY);
    curl_easy_setopt(c, CURLOPT_VERBOSE, 1L);
    curl_easy_setopt(c, CURLOPT_DEBUGFUNCTION, hear);
    curl_easy_setopt(c, CURLOPT_DEBUGDATA, &talk);
    curl_easy_setopt(c, CURLOPT_ERRORBUFFER, why);
    set_limits(c, end);
    CURLcode code = curl_easy_perform(c);
    curl_slist_free_all(rcpt);
    curl_easy_cleanup(c);
    tell(cx, &talk, code, end);
    if (code == CURLE_OK) return true;
    cx_fail(cx, E_SYS, "the mail server did not take the message");
    cx_detail(cx, "%s", *why ? why : curl_easy_strerror(code));
    return false;
}

bool mail_job(Work *w, const Job *job)
{
    Node *body = json_parse(&w->cx, job->body, strlen(job->body));
    const char *to = node_text(node_find(body, "to"));
    const char *subject = node_text(node_find(body, "subject"));
    const char *text = node_text(node_find(body, "text"));
    const char *channel = node_text(node_find(body, "channel"));
    const Channel *c = app_channel(w->app, channel ? channel : "email");

    if (!body) return false;
    if (!c || !c->smtp || !c->from)
        return cx_fail(&w->cx, E_INPUT, "the app has no channel for e-mail");
    if (!to) return cx_fail(&w->cx, E_INPUT, "no e-mail address: %s", "");
    bool sent = mail_send(&w->cx, c->smtp, c->from, to, subject ? subject : "", text ? text : "",
        job->end);
    job->end->hopeless = w->cx.err == E_INPUT;           /* it will be no address tomorrow, too */
    return sent;
}
