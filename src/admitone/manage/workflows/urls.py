from django.urls import path

from admitone.manage.workflows import adding, stepping, views

one = "<uuid:workflow_id>/"
step = f"{one}steps/<str:step_name>/"

urlpatterns = [
    path("", views.listing, name="workflows"),
    path("new/", views.new, name="new_workflow"),
    path(one, views.builder, name="workflow"),
    path(f"{one}publication/", views.publish, name="publish_workflow"),
    path(f"{one}steps/", adding.step, name="add_workflow_step"),
    path(f"{one}undo/", stepping.undo, name="undo_workflow_step"),
    path(step, stepping.edit, name="workflow_step"),
    path(f"{step}doing/", stepping.act, name="act_on_workflow_step"),
    path(f"{step}place/", stepping.move, name="move_workflow_step"),
    path(f"{step}deletion/", stepping.remove, name="remove_workflow_step"),
    path(f"{one}triggers/", adding.trigger, name="add_workflow_trigger"),
    path(f"{one}triggers/<int:place>/", adding.filters, name="workflow_trigger"),
    path(f"{one}triggers/<int:place>/deletion/", adding.remove_trigger, name="remove_workflow_trigger"),
]
