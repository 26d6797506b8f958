from django.urls import path

from admitone.manage.workflow_runs import adding, bulk, enrollments, log, settings, state, testing, versions

one = "<uuid:workflow_id>/"
enrollment = f"{one}enrollments/<uuid:enrollment_id>/"
many = f"{one}enroll/<uuid:bulk_id>/"

urlpatterns = [
    path("add/", adding.add, name="add_to_workflow"),
    path("deleted/", state.deleted, name="deleted_workflows"),
    path(f"{one}settings/", settings.settings, name="workflow_settings"),
    path(f"{one}enrollments/", enrollments.listing, name="workflow_enrollments"),
    path(f"{one}enrollments/stop/", enrollments.stop_some, name="stop_enrollments"),
    path(enrollment, enrollments.detail, name="workflow_enrollment"),
    path(f"{enrollment}stop/", enrollments.stop, name="stop_enrollment"),
    path(f"{enrollment}retry/", enrollments.retry, name="retry_enrollment"),
    path(f"{one}log/", log.log, name="workflow_log"),
    path(f"{one}versions/", versions.versions, name="workflow_versions"),
    path(f"{one}versions/<int:number>/restoration/", versions.restore, name="restore_version"),
    path(f"{one}test/", testing.test, name="workflow_test"),
    path(f"{one}enroll/", bulk.enroll, name="workflow_enroll"),
    path(many, bulk.bulk, name="workflow_bulk"),
    path(f"{many}progress/", bulk.progress, name="workflow_bulk_progress"),
    path(f"{many}stop/", bulk.stop, name="stop_bulk"),
    path(f"{many}continuation/", bulk.go_on, name="continue_bulk"),
    path(f"{one}pausing/", state.pause, name="pause_workflow"),
    path(f"{one}resumption/", state.resume, name="resume_workflow"),
    path(f"{one}removal/", state.remove, name="delete_workflow"),
    path(f"{one}restoration/", state.restore, name="restore_workflow"),
]
