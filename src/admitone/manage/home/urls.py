from django.urls import path

from admitone.manage.home import views

urlpatterns = [
    path("", views.home, name="home"),
    path("setup/<slug:step>/", views.tick, name="tick_setup"),
    path("demo/removal/", views.remove_demo, name="remove_demo"),
]
