from django.urls import path

from admitone.manage.form_builder import fields, rules, submissions, versions, views

one = "<uuid:form_id>/"

urlpatterns = [
    path("", views.listing, name="forms"),
    path("new/", views.new, name="new_form"),
    path(one, fields.builder, name="form"),
    path(f"{one}fields/", fields.add, name="add_form_field"),
    path(f"{one}fields/<str:field>/", fields.edit, name="form_field"),
    path(f"{one}fields/<str:field>/move/", fields.move, name="move_form_field"),
    path(f"{one}fields/<str:field>/removal/", fields.remove, name="remove_form_field"),
    path(f"{one}rules/", rules.listing, name="form_rules"),
    path(f"{one}rules/<int:at>/", rules.edit, name="form_rule"),
    path(f"{one}rules/<int:at>/removal/", rules.remove, name="remove_form_rule"),
    path(f"{one}versions/", versions.listing, name="form_versions"),
    path(f"{one}consents.csv", versions.consents, name="form_consents"),
    path(f"{one}settings/", views.settings, name="form_settings"),
    path(f"{one}share/", views.share, name="form_share"),
    path(f"{one}deletion/", views.delete, name="delete_form"),
    path(f"{one}restoration/", views.restore, name="restore_form"),
    path(f"{one}submissions/", submissions.listing, name="form_submissions"),
    path(f"{one}submissions.csv", submissions.export, name="form_submissions_csv"),
    path(f"{one}submissions/<uuid:submission_id>/", submissions.one, name="form_submission"),
]
