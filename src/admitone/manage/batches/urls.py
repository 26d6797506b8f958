from django.urls import path

from admitone.manage.batches import views

one = "<uuid:batch_id>/"

urlpatterns = [
    path("", views.batches, name="batches"),
    path("new/", views.new, name="new_batch"),
    path(one, views.batch, name="batch"),
    path(f"{one}progress/", views.progress, name="batch_progress"),
    path(f"{one}links.csv", views.csv_file, name="batch_csv"),
]
