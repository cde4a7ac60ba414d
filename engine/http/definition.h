/*
 * definition — what the API's and the pages' files about definitions share.
 */
#ifndef HTTP_DEFINITION_H
#define HTTP_DEFINITION_H
#include "http/handlers.h"
#include "data/publish.h"

/* Members of a file of the app: path, kind, etag, version (0: null), draft. */
void definition_file(Work *w, Json *j, const char *path, const char *text, int64_t version, bool draft);
/* Its text and, unless it is broken or no YAML, its tree: null. */
void definition_text(Work *w, Json *j, const char *path, const char *text);
/* Both of a file as a draft has it. */
void definition_draft(Work *w, Json *j, const Draft *d);
/* "others": [{path, name, at}], who else has a draft of what. */
MUST bool definition_others(Work *w, Json *j);
/* A file of an app, or E_MISSING. */
bool definition_path(Work *w, const char *path);
/* [{file, path, order, base, theirs, mine}]. */
void definition_clashes(Work *w, Json *j, const Merge *clash);
/* More members of a problem: the clashes, and the plan as far as it came. Gives false. */
bool definition_refused(Work *w, Response *r, const Merge *clash, const char *plan_json);
/* The issues of one's draft as it is kept. While some of it clashes nothing can be said: none. */
MUST bool definition_check(Work *w, Cx *found);
/* "issues": […] of a failed check, with file, line, column, code, message, and the path in the
   file's tree as the draft has it. */
void definition_issues(Work *w, const Cx *failed, Json *j);
/* One of them, with the path in that tree (or NULL). */
void definition_issue(Json *j, const Issue *x, const Node *tree);
/* The app as this admin's draft would have it, to be given back. NULL without a draft; NULL after
   issues, or E_CONFLICT with the clash. */
App *draft_app(Work *w, Merge *clash);
#endif
