/*
 * handlers — every handler the route table names: one line each, by file.
 */
#ifndef HTTP_HANDLERS_H
#define HTTP_HANDLERS_H
#include "http/route.h"

/* hook_in.c: segments form, automation */
bool hook_in(Work *w, const Request *q, Response *r);
/* login_page.c */
bool page_login(Work *w, const Request *q, Response *r);
bool page_login_post(Work *w, const Request *q, Response *r);
bool page_logout_post(Work *w, const Request *q, Response *r);
bool page_language_post(Work *w, const Request *q, Response *r);
/* workbench_page.c */
bool page_workbench(Work *w, const Request *q, Response *r);
/* list_page.c: other views than tables are handed to board_page.c and its like */
bool page_list(Work *w, const Request *q, Response *r);
/* filter_page.c, columns_page.c, view_page.c: segments form, id */
bool page_filter(Work *w, const Request *q, Response *r);
bool page_columns(Work *w, const Request *q, Response *r);
bool page_views(Work *w, const Request *q, Response *r);
bool page_views_post(Work *w, const Request *q, Response *r);
bool page_view(Work *w, const Request *q, Response *r);
bool page_view_post(Work *w, const Request *q, Response *r);
bool page_bin(Work *w, const Request *q, Response *r);
/* form_page.c: segments form, id */
bool page_new(Work *w, const Request *q, Response *r);
bool page_new_post(Work *w, const Request *q, Response *r);
bool page_edit(Work *w, const Request *q, Response *r);
bool page_edit_post(Work *w, const Request *q, Response *r);
/* record_page.c: segments form, id */
bool page_record(Work *w, const Request *q, Response *r);
bool page_delete_post(Work *w, const Request *q, Response *r);
bool page_restore_post(Work *w, const Request *q, Response *r);
bool page_comment_post(Work *w, const Request *q, Response *r);
/* move_page.c: segments form, id, transition */
bool page_move(Work *w, const Request *q, Response *r);
bool page_move_post(Work *w, const Request *q, Response *r);
/* action_page.c: segments form, id, action; of several: form, action */
bool page_action(Work *w, const Request *q, Response *r);
bool page_action_post(Work *w, const Request *q, Response *r);
bool page_several_post(Work *w, const Request *q, Response *r);
/* profile_page.c */
bool page_profile(Work *w, const Request *q, Response *r);
bool page_profile_password_post(Work *w, const Request *q, Response *r);
bool page_profile_language_post(Work *w, const Request *q, Response *r);
bool page_profile_away_post(Work *w, const Request *q, Response *r);
bool page_profile_sessions_post(Work *w, const Request *q, Response *r);
/* segment: the user's id */
bool page_user_password(Work *w, const Request *q, Response *r);
bool page_user_password_post(Work *w, const Request *q, Response *r);
/* hand_over_page.c: segment id */
bool page_hand_over(Work *w, const Request *q, Response *r);
bool page_hand_over_post(Work *w, const Request *q, Response *r);
/* message_page.c */
bool page_messages(Work *w, const Request *q, Response *r);
bool page_messages_read_post(Work *w, const Request *q, Response *r);
bool page_snooze_post(Work *w, const Request *q, Response *r);
/* remind_page.c: segment: the reminder's id, or form and record */
bool page_remind_post(Work *w, const Request *q, Response *r);
bool page_reminder_move_post(Work *w, const Request *q, Response *r);
bool page_reminder_delete_post(Work *w, const Request *q, Response *r);
/* admin_page.c */
bool page_admin(Work *w, const Request *q, Response *r);
/* run_page.c: segment: the number; again is asked by the API too */
bool page_runs(Work *w, const Request *q, Response *r);
bool page_run(Work *w, const Request *q, Response *r);
bool page_run_again_post(Work *w, const Request *q, Response *r);
bool page_run_try_post(Work *w, const Request *q, Response *r);
struct Run;
bool runs_again(Work *w, const Request *q, struct Run *run);
/* api_run.c: segment: the number */
bool api_runs(Work *w, const Request *q, Response *r);
bool api_run(Work *w, const Request *q, Response *r);
bool api_run_again(Work *w, const Request *q, Response *r);
/* version_page.c: segment: the number */
bool page_versions(Work *w, const Request *q, Response *r);
bool page_workflow_migrate_post(Work *w, const Request *q, Response *r);
bool page_versions_apply_post(Work *w, const Request *q, Response *r);
bool page_version(Work *w, const Request *q, Response *r);
bool page_revert(Work *w, const Request *q, Response *r);
bool page_revert_post(Work *w, const Request *q, Response *r);

/* api_login.c */
bool api_login(Work *w, const Request *q, Response *r);
bool api_logout(Work *w, const Request *q, Response *r);
bool api_me(Work *w, const Request *q, Response *r);
/* ways_page.c */
bool page_ways_post(Work *w, const Request *q, Response *r);
bool api_ways(Work *w, const Request *q, Response *r);
bool api_ways_put(Work *w, const Request *q, Response *r);
bool api_leave_put(Work *w, const Request *q, Response *r);
/* delegation_page.c */
bool page_delegate_post(Work *w, const Request *q, Response *r);
bool page_delegation_end_post(Work *w, const Request *q, Response *r);
/* task_page.c */
bool page_tasks(Work *w, const Request *q, Response *r);
bool page_tasks_post(Work *w, const Request *q, Response *r);
bool page_task(Work *w, const Request *q, Response *r);
bool page_task_post(Work *w, const Request *q, Response *r);
bool page_approval_post(Work *w, const Request *q, Response *r);
/* api_task.c */
bool api_tasks(Work *w, const Request *q, Response *r);
bool api_task_counts(Work *w, const Request *q, Response *r);
bool api_task(Work *w, const Request *q, Response *r);
bool api_task_act(Work *w, const Request *q, Response *r);
bool api_task_batch(Work *w, const Request *q, Response *r);
bool api_approvals(Work *w, const Request *q, Response *r);
bool api_approval_act(Work *w, const Request *q, Response *r);
bool api_delegations(Work *w, const Request *q, Response *r);
bool api_delegate(Work *w, const Request *q, Response *r);
bool api_delegation_end(Work *w, const Request *q, Response *r);
/* api_password.c */
bool api_my_password(Work *w, const Request *q, Response *r);
bool api_user_password(Work *w, const Request *q, Response *r);
/* api_hand_over.c: segment id */
bool api_held(Work *w, const Request *q, Response *r);
bool api_hand_over(Work *w, const Request *q, Response *r);
/* api_view.c */
bool api_views(Work *w, const Request *q, Response *r);
bool api_view_create(Work *w, const Request *q, Response *r);
bool api_view_change(Work *w, const Request *q, Response *r);
bool api_view_delete(Work *w, const Request *q, Response *r);
/* api_record.c */
bool api_list(Work *w, const Request *q, Response *r);
bool api_create(Work *w, const Request *q, Response *r);
bool api_read(Work *w, const Request *q, Response *r);
bool api_patch(Work *w, const Request *q, Response *r);
bool api_delete(Work *w, const Request *q, Response *r);
bool api_restore(Work *w, const Request *q, Response *r);
/* api_batch.c */
bool api_batch(Work *w, const Request *q, Response *r);
bool api_upsert(Work *w, const Request *q, Response *r);
/* api_move.c */
bool api_transition(Work *w, const Request *q, Response *r);
bool api_allowed(Work *w, const Request *q, Response *r);
bool api_history(Work *w, const Request *q, Response *r);
bool api_why(Work *w, const Request *q, Response *r);
bool api_timeline(Work *w, const Request *q, Response *r);
bool api_comment(Work *w, const Request *q, Response *r);
/* api_pool.c */
bool api_claim(Work *w, const Request *q, Response *r);
bool api_release(Work *w, const Request *q, Response *r);
bool page_claims_post(Work *w, const Request *q, Response *r);
bool api_claim_many(Work *w, const Request *q, Response *r);
bool page_claim_post(Work *w, const Request *q, Response *r);
bool page_release_post(Work *w, const Request *q, Response *r);

/* api_action.c */
bool api_action(Work *w, const Request *q, Response *r);
bool api_action_many(Work *w, const Request *q, Response *r);
bool api_try(Work *w, const Request *q, Response *r);
/* api_import.c, import_page.c: segment: the import's id */
bool api_import_look(Work *w, const Request *q, Response *r);
bool api_imports(Work *w, const Request *q, Response *r);
bool api_import(Work *w, const Request *q, Response *r);
bool api_import_keep(Work *w, const Request *q, Response *r);
bool api_import_run(Work *w, const Request *q, Response *r);
bool api_import_undo(Work *w, const Request *q, Response *r);
bool api_import_drop(Work *w, const Request *q, Response *r);
bool api_import_refused(Work *w, const Request *q, Response *r);
bool page_imports(Work *w, const Request *q, Response *r);
bool page_import_begin(Work *w, const Request *q, Response *r);
bool page_import_begin_post(Work *w, const Request *q, Response *r);
bool page_import(Work *w, const Request *q, Response *r);
bool page_import_refused(Work *w, const Request *q, Response *r);
bool page_import_run_post(Work *w, const Request *q, Response *r);
bool page_import_undo_post(Work *w, const Request *q, Response *r);
bool page_import_drop_post(Work *w, const Request *q, Response *r);
/* api_reminder.c: segment: the reminder's id, or form and record */
bool api_reminders(Work *w, const Request *q, Response *r);
bool api_record_reminders(Work *w, const Request *q, Response *r);
bool api_remind(Work *w, const Request *q, Response *r);
bool api_reminder_move(Work *w, const Request *q, Response *r);
bool api_reminder_drop(Work *w, const Request *q, Response *r);
/* api_message.c */
bool api_messages(Work *w, const Request *q, Response *r);
bool api_messages_read(Work *w, const Request *q, Response *r);
bool api_snooze(Work *w, const Request *q, Response *r);
/* api_events.c */
bool api_events(Work *w, const Request *q, Response *r);
/* api_service.c */
bool api_service(Work *w, const Request *q, Response *r);
/* api_aggregate.c */
bool api_aggregate(Work *w, const Request *q, Response *r);

/* api_dashboard.c */
bool api_dashboards(Work *w, const Request *q, Response *r);
bool api_dashboard(Work *w, const Request *q, Response *r);
/* dashboard_page.c */
bool page_dashboard(Work *w, const Request *q, Response *r);
/* api_export.c */
bool api_export_csv(Work *w, const Request *q, Response *r);
bool api_export_json(Work *w, const Request *q, Response *r);
/* api_meta.c, api_preview.c */
bool api_forms(Work *w, const Request *q, Response *r);
bool api_preview(Work *w, const Request *q, Response *r);
bool api_options(Work *w, const Request *q, Response *r);
/* api_file.c */
bool api_file_post(Work *w, const Request *q, Response *r);
bool api_file(Work *w, const Request *q, Response *r);
/* api_definition.c: the path of the file follows */
bool api_definitions(Work *w, const Request *q, Response *r);
bool api_definition(Work *w, const Request *q, Response *r);
bool api_definition_patch(Work *w, const Request *q, Response *r);
bool api_definition_put(Work *w, const Request *q, Response *r);
bool api_definition_delete(Work *w, const Request *q, Response *r);
bool api_draft_drop(Work *w, const Request *q, Response *r);
/* api_edit.c */
bool api_definition_edit(Work *w, const Request *q, Response *r);
bool api_definition_settle(Work *w, const Request *q, Response *r);
/* api_publish.c */
bool api_draft(Work *w, const Request *q, Response *r);
bool api_definition_check(Work *w, const Request *q, Response *r);
bool api_definition_tables(Work *w, const Request *q, Response *r);
bool api_definition_words(Work *w, const Request *q, Response *r);
bool api_templates(Work *w, const Request *q, Response *r);
bool api_template(Work *w, const Request *q, Response *r);
bool api_definition_try(Work *w, const Request *q, Response *r);
/* api_try_rule.c: what `try` does when an event is given */
bool api_try_rule(Work *w, const Request *q, Response *r);
bool api_definition_try_automation(Work *w, const Request *q, Response *r);
bool api_definition_try_reminder(Work *w, const Request *q, Response *r);
/* design_channel.c: a channel of it, by a message to oneself */
bool api_definition_try_channel(Work *w, const Request *q, Response *r);
/* api_present.c */
bool api_definition_here(Work *w, const Request *q, Response *r);
bool api_definition_progress(Work *none, const Request *q, Response *r);
bool api_definition_plan(Work *w, const Request *q, Response *r);
bool api_definition_publish(Work *w, const Request *q, Response *r);
bool api_definition_revert(Work *w, const Request *q, Response *r);
bool api_definition_waiting(Work *w, const Request *q, Response *r);
bool api_definition_apply(Work *w, const Request *q, Response *r);
bool api_workflows(Work *w, const Request *q, Response *r);
/* process_page.c, api_process.c, api_process_log.c: segment flow */
bool page_workflow(Work *w, const Request *q, Response *r);
bool page_design(Work *w, const Request *q, Response *r);
bool page_preview(Work *w, const Request *q, Response *r);                     /* preview_page.c */
bool page_dashboard_preview(Work *w, const Request *q, Response *r);
/* design_rights.c: segment form */
bool api_definition_rights(Work *w, const Request *q, Response *r);
/* design_rules.c: segment form */
bool api_definition_rules(Work *w, const Request *q, Response *r);
bool page_canvas(Work *w, const Request *q, Response *r);
bool api_workflow_report(Work *w, const Request *q, Response *r);
bool api_workflow_log(Work *w, const Request *q, Response *r);
bool api_workflow_migrate(Work *w, const Request *q, Response *r);
bool api_versions(Work *w, const Request *q, Response *r);
bool api_version_diff(Work *w, const Request *q, Response *r);
/* api_job.c, job_page.c */
bool api_jobs(Work *w, const Request *q, Response *r);
bool api_job_retry(Work *w, const Request *q, Response *r);
bool api_job_drop(Work *w, const Request *q, Response *r);
bool api_jobs_retry(Work *w, const Request *q, Response *r);
bool api_jobs_resume(Work *w, const Request *q, Response *r);
bool page_jobs(Work *w, const Request *q, Response *r);
bool page_job_retry_post(Work *w, const Request *q, Response *r);
bool page_job_drop_post(Work *w, const Request *q, Response *r);
bool page_jobs_retry_post(Work *w, const Request *q, Response *r);
bool page_jobs_resume_post(Work *w, const Request *q, Response *r);
/* api_health.c, assets.c */
bool api_healthz(Work *w, const Request *q, Response *r);
bool api_readyz(Work *w, const Request *q, Response *r);
bool api_metrics(Work *w, const Request *q, Response *r);
bool assets_serve(Work *w, const Request *q, Response *r);
#endif
