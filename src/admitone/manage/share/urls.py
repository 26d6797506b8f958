from django.urls import path

from admitone.manage.links import views as links
from admitone.manage.share import embed, minting, views

one = "<uuid:calendar_id>/"

urlpatterns = [
    path(f"{one}links/", links.calendar_links, name="calendar_links"),
    path(f"{one}share/", views.share, name="share"),
    path(f"{one}share/slug/", views.slug, name="share_slug"),
    path(f"{one}share/sites/", views.sites, name="share_sites"),
    path(f"{one}share/link/", minting.mint, name="share_mint"),
    path(f"{one}share/link/<uuid:link_id>/", minting.minted, name="share_made"),
    path(f"{one}share/preview/<slug:mode>/", embed.preview, name="share_preview"),
]
