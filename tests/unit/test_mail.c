/* links: data */
/* mail and web calls: over a real socket to a real, small server of each kind. */
#include "workshop.h"
#include "data/mail.h"
#include "data/notice.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sys/socket.h>

typedef struct Sink {
    int fd, port;
    bool smtp, refuse;
    pthread_t thread;
    char got[20000]; size_t n;                /* all that was sent */
} Sink;
static Sink sink, hook;

static void keep(Sink *s, const char *p, size_t n)
{
    if (n > sizeof s->got - 1 - s->n) n = sizeof s->got - 1 - s->n;
    memcpy(s->got + s->n, p, n);
    s->got[s->n += n] = '\0';
}

static void say(int fd, const char *text)
{
    ssize_t done = write(fd, text, strlen(text));
    (void)done;
}

static void smtp_talk(Sink *s, FILE *in, int fd)
{
    char line[2000];
    bool data = false;

    say(fd, "220 sink\r\n");
    while (fgets(line, sizeof line, in)) {
        keep(s, line, strlen(line));
        if (data) {
            if (strcmp(line, ".\r\n")) continue;
            data = false;
            say(fd, "250 kept\r\n");
        } else if (!strncmp(line, "EHLO", 4)) say(fd, "250-sink\r\n250 8BITMIME\r\n");
        else if (!strncmp(line, "RCPT", 4) && s->refuse) say(fd, "550 nobody\r\n");
        else if (!strncmp(line, "DATA", 4)) {
            data = true;
            say(fd, "354 go on\r\n");
        } else if (!strncmp(line, "QUIT", 4)) {
            say(fd, "221 bye\r\n");
            return;
        } else say(fd, "250 fine\r\n");
    }
}

static void http_talk(Sink *s, FILE *in, int fd)
{
    char line[2000];
    size_t length = 0;

    while (fgets(line, sizeof line, in) && strcmp(line, "\r\n")) {
        keep(s, line, strlen(line));
        sscanf(line, "Content-Length: %zu", &length);
    }
    if (length < sizeof line && fread(line, 1, length, in) == length) keep(s, line, length);
    say(fd, s->refuse ? "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\n"
        "Content-Length: 0\r\nConnection: close\r\n\r\n"
        : "HTTP/1.1 200 OK\r\nContent-Length: 13\r\nConnection: close\r\n\r\n{\"errcode\":0}");
}

static void *serve(void *arg)
{
    Sink *s = arg;
    int fd;

    while ((fd = accept(s->fd, NULL, NULL)) >= 0) {
        FILE *in = fdopen(dup(fd), "r");
        if (s->smtp) smtp_talk(s, in, fd);
        else http_talk(s, in, fd);
        fclose(in);
        close(fd);
    }
    return NULL;
}

static void sink_open(Sink *s, bool smtp)
{
    struct sockaddr_in at = { .sin_family = AF_INET };
    socklen_t n = sizeof at;

    *s = (Sink){ .smtp = smtp };
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    s->fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(s->fd, (struct sockaddr *)&at, sizeof at), 0);
    assert_int_equal(listen(s->fd, 5), 0);
    getsockname(s->fd, (struct sockaddr *)&at, &n);
    s->port = ntohs(at.sin_port);
    pthread_create(&s->thread, NULL, serve, s);
}

static void sink_close(Sink *s)
{
    shutdown(s->fd, SHUT_RDWR);
    pthread_join(s->thread, NULL);
    close(s->fd);
}

static const char rules[] =
    "on('part.committed', function(part, old)\n"
    "  update('part', part.id, { price = old and 2 or 1 })\n"
    "end)\n"
    "on('client.before_create', function(c) explain('kept by %s', 'rule') end)\n";

static int start(void **st)
{
    (void)st;
    sink_open(&sink, true);
    sink_open(&hook, false);
    shop_smtp = sink.port;
    shop_http = hook.port;
    open_shop(rules);
    return 0;
}

static int stop(void **st)
{
    int bad = shop_end(st);
    sink_close(&sink);
    sink_close(&hook);
    return bad;
}

static bool jobs_of(Work *x, void *arg)
{
    (void)arg;
    const char *const via[] = { "inbox", "email" };
    return notice_send(x, &(Notice){ .to = 1, .text = "快来 now\nsecond line", .via = via,
        .nvia = 2, .kind = "notify" });
}

static int run_jobs(int64_t now)
{
    bool found = true;
    int n = -1;

    while (found) {
        OK(jobs_run_one(w, now, &found));
        n++;
    }
    return n;
}

static void a_message_goes_out_by_mail_as_a_job(void **st)
{
    (void)st;
    OK(work_write(w, jobs_of, NULL));
    assert_string_equal(sink.got, "");
    w->via = "job";
    assert_int_equal(run_jobs(MONDAY), 1);
    assert_non_null(strstr(sink.got, "MAIL FROM:<shop@example.com>"));
    assert_non_null(strstr(sink.got, "RCPT TO:<mia@example.com>"));
    assert_non_null(strstr(sink.got, "Subject: =?UTF-8?B?5b+r5p2lIG5vdw==?=\r\n"));
    assert_non_null(strstr(sink.got, "5b+r5p2lIG5vdwpzZWNvbmQgbGluZQ==\r\n"));
    assert_non_null(strstr(sink.got, "Date: Mon, 02 Mar 2026 01:00:00 +0000\r\n"));
    assert_string_equal(sql("SELECT count(*) FROM _job"), "0");
    assert_string_equal(sql("SELECT text FROM _message"), "快来 now\nsecond line");
}

static void a_job_whose_lease_is_over_is_run_by_another_and_settled_by_it(void **st)
{
    (void)st;
    Job dead, next;
    bool found;

    OK(work_write(w, jobs_of, NULL));
    OK(jobs_claim(w, MONDAY, &dead, &found));
    assert_true(found);
    OK(jobs_claim(w, MONDAY + JOBS_LEASE_S, &next, &found));
    assert_false(found);
    OK(jobs_renew(&w->cx, w->db, dead.id, dead.attempts, MONDAY + JOBS_LEASE_S));
    OK(jobs_claim(w, MONDAY + 2 * JOBS_LEASE_S, &next, &found));
    assert_false(found);
    OK(jobs_claim(w, MONDAY + 2 * JOBS_LEASE_S + 1, &next, &found));
    assert_true(found);
    assert_int_equal(next.id, dead.id);
    assert_int_equal(next.attempts, dead.attempts + 1);
    w->via = JOBS_QUIET;
    OK(jobs_run(w, MONDAY, &dead));
    assert_string_equal(sql("SELECT count(*) FROM _job"), "1");
    OK(jobs_run(w, MONDAY, &next));
    assert_string_equal(sql("SELECT count(*) FROM _job"), "0");
}

static void what_would_break_out_of_a_header_is_refused(void **st)
{
    (void)st;
    char url[64];
    snprintf(url, sizeof url, "smtp://127.0.0.1:%d", sink.port);
    NO(E_INPUT, mail_send(&w->cx, url, "a@b.c", "x@y.z", "hi\r\nBcc: evil@x.y", "text", NULL));
    NO(E_INPUT, mail_send(&w->cx, url, "a@b.c", "x@y.z\r\nRCPT TO:<evil@x.y>", "hi", "text", NULL));
    NO(E_INPUT, mail_send(&w->cx, url, "a@b.c\nX: y", "x@y.z", "hi", "text", NULL));
    NO(E_INPUT, mail_send(&w->cx, url, "a@b.c", "x@y.z,evil@x.y", "hi", "text", NULL));
    assert_string_equal(sink.got, "");
    cx_clear(&w->cx);
    OK(mail_send(&w->cx, url, "Shop <a@b.c>", "x@y.z", "hi", "dot\n.\nRCPT TO:<evil@x.y>\n", NULL));
    assert_non_null(strstr(sink.got, "MAIL FROM:<a@b.c>"));
    assert_null(strstr(sink.got, "evil"));
}

static void a_refused_mail_is_tried_again_and_ends_as_a_dead_letter(void **st)
{
    (void)st;
    int64_t now = MONDAY, waiting, dead;
    OK(work_write(w, jobs_of, NULL));
    sys_log_level(LOG_ERROR);
    w->via = "job";
    sink.refuse = true;
    for (int tries = 1; tries <= 7; tries++) {
        assert_int_equal(run_jobs(now), 1);
        assert_int_equal(run_jobs(now), 0);
        now += 2 * 86400;
    }
    OK(jobs_counts(w, &waiting, &dead));
    assert_int_equal(waiting, 0);
    assert_int_equal(dead, 1);
    assert_non_null(strstr(sql("SELECT last_error FROM _job"), "did not take"));
}

static bool add_hook(Work *x, void *arg)
{
    return jobs_add(x, "webhook", arg);
}

static void web_calls_are_signed_and_stay_out_of_our_network(void **st)
{
    (void)st;
    w->via = "job";
    OK(work_write(w, add_hook, "{\"channel\":\"robot\",\"body\":{\"a\":1},\"secret\":\"s3\"}"));
    assert_int_equal(run_jobs(MONDAY), 1);
    assert_non_null(strstr(hook.got, "POST /hook HTTP/1.1"));
    assert_non_null(strstr(hook.got, "webhook-signature: v1,"));
    assert_non_null(strstr(hook.got, "{\"a\":1}"));
    static const char *const inside[] = { "http://localhost:%d/", "http://2130706433:%d/",
        "http://0x7f.1:%d/", "http://[::ffff:127.0.0.1]:%d/", "file:///etc/passwd?%d" };
    for (int i = 0; i < LEN(inside); i++) {
        char url[100], json[160];
        snprintf(url, sizeof url, inside[i], sink.port);
        snprintf(json, sizeof json, "{\"url\":\"%s\"}", url);
        OK(work_write(w, add_hook, json));
        assert_int_equal(run_jobs(MONDAY), 1);
        assert_string_equal(sink.got, "");
    }
    assert_string_equal(sql("SELECT count(*) FROM _job WHERE last_error IS NOT NULL"), "5");
    hook.refuse = true;                                      /* a redirect is not followed */
    OK(work_write(w, add_hook, "{\"channel\":\"robot\",\"body\":{}}"));
    assert_int_equal(run_jobs(MONDAY), 1);
    assert_string_equal(sql("SELECT count(*) FROM _job WHERE last_error LIKE '%302%'"), "1");
}

static bool run_sql(Work *x, void *arg)
{
    return db_script(&x->cx, x->db, arg);
}

static void a_lease_that_is_over_gives_the_job_to_another(void **st)
{
    (void)st;
    char lease[80];
    OK(work_write(w, jobs_of, NULL));
    snprintf(lease, sizeof lease, "UPDATE _job SET lease_until = %lld", MONDAY + 300LL);
    OK(work_write(w, run_sql, lease));
    w->via = "job";
    assert_int_equal(run_jobs(MONDAY + 300), 0);
    assert_int_equal(run_jobs(MONDAY + 301), 1);
    assert_non_null(strstr(sink.got, "DATA"));
}

static void committed_rules_run_as_jobs_and_explanations_are_kept(void **st)
{
    (void)st;
    as("cleo");
    int64_t p = made("part", "{\"name\":\"Chain\"}");
    assert_string_equal(value("part", p, "price"), "");
    OK(tick_until(w, MONDAY + 1));
    assert_string_equal(sql_of("SELECT group_concat(changes) FROM _history WHERE form = 'part' "
        "AND record = ", p), "{\"name\":[null,\"Chain\"]},{\"price\":[null,1.00]},"
        "{\"price\":[1.00,2.00]}");
    int64_t c = made("client", "{\"name\":\"Ann\"}");
    assert_string_equal(saved.explained, "kept by rule");
    Explained *e;
    int n;
    OK(history_explained(w, form("client"), c, &e, &n));
    assert_int_equal(n, 1);
    assert_string_equal(e[0].text, "kept by rule");
    assert_string_equal(e[0].rule, "rules");
}

#define MAIL(test) cmocka_unit_test_setup_teardown(test, start, stop)
RUN(MAIL(a_message_goes_out_by_mail_as_a_job),
    MAIL(a_job_whose_lease_is_over_is_run_by_another_and_settled_by_it),
    MAIL(what_would_break_out_of_a_header_is_refused),
    MAIL(a_refused_mail_is_tried_again_and_ends_as_a_dead_letter),
    MAIL(web_calls_are_signed_and_stay_out_of_our_network),
    MAIL(a_lease_that_is_over_gives_the_job_to_another),
    MAIL(committed_rules_run_as_jobs_and_explanations_are_kept))
