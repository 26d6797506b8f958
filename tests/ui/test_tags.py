"""`{% load ui %}`: what the tags draw."""

from __future__ import annotations

from typing import Any

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import Context, Template
from django.test import RequestFactory

from admitone.ui import statuses
from admitone.ui.fields import summary
from admitone.ui.icons import icon


class Sample(forms.Form):
    name = forms.CharField(help_text="As on the invitation.")
    slug = forms.SlugField(required=False)
    kind = forms.ChoiceField(choices=[("a", "A"), ("b", "B")], widget=forms.RadioSelect)
    agree = forms.BooleanField(label="I agree")


def render(source: str, path: str = "/app/links/?q=x&page=2", **context: Any) -> str:
    request = RequestFactory().get(path)
    return Template("{% load ui %}" + source).render(Context({"request": request, **context}))


def test_field_valid_has_label_and_help_and_no_error() -> None:
    drawn = render("{% field form.name autocomplete='name' %}", form=Sample())
    assert '<label class="field__label" for="id_name">Name</label>' in drawn
    assert '<p class="field__help" id="id_name_help">As on the invitation.</p>' in drawn
    assert 'aria-describedby="id_name_help"' in drawn
    assert 'autocomplete="name"' in drawn
    assert "field__error" not in drawn


def test_field_with_error_points_at_it() -> None:
    drawn = render("{% field form.name %}", form=Sample({}))
    assert 'aria-invalid="true"' in drawn
    assert 'aria-describedby="id_name_help id_name_error"' in drawn
    assert 'id="id_name_error"' in drawn


def test_field_not_required_says_optional() -> None:
    assert "(optional)" in render("{% field form.slug %}", form=Sample())


def test_radios_of_which_none_has_to_be_set_say_optional() -> None:
    class Free(forms.Form):
        kind = forms.ChoiceField(choices=[("a", "A")], widget=forms.RadioSelect, required=False)

    assert "(optional)" in render("{% field form.kind %}", form=Free())
    assert "(optional)" not in render("{% field form.kind %}", form=Free(initial={"kind": "a"}))


def test_list_of_choices_never_says_optional() -> None:
    class Free(forms.Form):
        kind = forms.ChoiceField(choices=[("", "Any"), ("a", "A")], required=False)

    assert "(optional)" not in render("{% field form.kind %}", form=Free())


def test_field_of_radios_is_a_fieldset_with_legend() -> None:
    drawn = render("{% field form.kind %}", form=Sample())
    assert drawn.count("<fieldset") == drawn.count("<legend") == 1
    assert drawn.count('type="radio"') == 2


def test_form_errors_links_to_every_field_in_order() -> None:
    assert [target for target, _ in summary(Sample({"slug": "no slug"}))] == [
        "id_name",
        "id_slug",
        "id_kind_0",
        "id_agree",
    ]
    drawn = render("{% form_errors form %}", form=Sample({"slug": "ok", "name": "x", "kind": "a"}))
    assert '<a href="#id_agree">I agree: This field is required.</a>' in drawn
    assert 'role="alert" tabindex="-1" autofocus' in drawn


def test_form_errors_of_an_unbound_or_valid_form_is_nothing() -> None:
    assert render("{% form_errors form %}", form=Sample()).strip() == ""


def test_pagination_keeps_the_query_and_names_the_rows() -> None:
    drawn = render("{% pagination page %}", page=Paginator(range(60), 25).page(2))
    assert 'rel="prev" href="?q=x&amp;page=1"' in drawn
    assert 'rel="next" href="?q=x&amp;page=3"' in drawn
    assert "26–50 of 60" in drawn


@pytest.mark.parametrize(
    ("query", "link", "state"),
    [("", "?sort=name&amp;page=1", ""), ("?sort=name", "?sort=-name&amp;page=1", "ascending")],
)
def test_sort_header_turns_round(query: str, link: str, state: str) -> None:
    drawn = render('{% sort_header "name" "Name" %}', path=f"/{query}")
    assert f'href="{link}"' in drawn
    assert ("aria-sort" in drawn) == bool(state)


def test_nav_item_marks_the_page_and_its_children() -> None:
    assert 'aria-current="page"' in render('{% nav_item "/app/links/" "Links" %}')
    assert 'aria-current="true"' in render('{% nav_item "/app/" "Home" %}')
    assert "aria-current" not in render('{% nav_item "/app/" "Home" exact=True %}')


@pytest.mark.parametrize("status", statuses.LOOKS)
def test_every_status_has_an_icon_and_a_word(status: str) -> None:
    drawn = render("{% chip status %}", status=status)
    assert "<svg" in drawn
    assert str(statuses.LOOKS[status].word) in drawn


def test_chip_of_an_unknown_status_is_neutral_and_escaped() -> None:
    assert render("{% chip status %}", status="<b>").endswith("&lt;b&gt;</span>")


def test_icon_is_hidden_from_screen_readers_and_turns_with_the_text() -> None:
    assert 'aria-hidden="true"' in icon("ticket")
    assert "icon--dir" in icon("arrow-right")


def test_copy_field_escapes_its_value() -> None:
    assert 'value="&quot;&gt;&lt;b&gt;"' in render("{% copy_field value 'Link' %}", value='"><b>')


@pytest.mark.parametrize("name", ["400", "403", "403_csrf", "404", "429", "500"])
def test_error_page_renders_without_a_request(name: str) -> None:
    from django.template.loader import render_to_string

    assert "<h1>" in render_to_string(f"{name}.html")
