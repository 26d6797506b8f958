from django.urls import path

from admitone.manage.pipelines import opportunities, stages, views

one = "<uuid:pipeline_id>/"
deal = "opportunities/<uuid:opportunity_id>/"

urlpatterns = [
    path("", views.pipelines, name="pipelines"),
    path("new/", views.new, name="new_pipeline"),
    path(one, views.board, name="pipeline"),
    path(f"{one}list/", views.listing, name="pipeline_list"),
    path(f"{one}settings/", stages.settings, name="pipeline_settings"),
    path(f"{one}stages/", stages.add, name="add_stage"),
    path(f"{one}deletion/", stages.delete_pipeline, name="delete_pipeline"),
    path(f"{one}restoration/", stages.restore_pipeline, name="restore_pipeline"),
    path(f"{one}opportunities/new/", opportunities.new, name="new_opportunity"),
    path("stages/<uuid:stage_id>/name/", stages.rename, name="rename_stage"),
    path("stages/<uuid:stage_id>/move/", stages.move, name="move_stage"),
    path("stages/<uuid:stage_id>/removal/", stages.remove, name="remove_stage"),
    path(deal, opportunities.one, name="opportunity"),
    path(f"{deal}stage/", opportunities.move, name="move_opportunity"),
    path(f"{deal}status/", opportunities.status, name="opportunity_status"),
]
