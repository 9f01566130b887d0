"""Text, ids and sources that try to act stay letters on every page."""

PAGES = ("corpus", "map", "quality", "desk", "axes", "select", "compare", "export", "jobs")
# What the corpus would have made of the page, had it been rendered.
_ACTED = """() => [
    window.pwned, document.querySelector('#broken') && 'an element with an id',
    ...[...document.querySelectorAll('script')].filter(e => /pwned/.test(e.textContent)).map(() => 'script'),
    ...[...document.querySelectorAll('[onerror],[onload]')].map(e => e.tagName),
    ...[...document.querySelectorAll('img')].filter(e => /\\/x$/.test(e.src)).map(() => 'img'),
    ...[...document.querySelectorAll('iframe')].filter(e => /javascript/.test(e.src)).map(() => 'iframe'),
    ...[...document.querySelectorAll('a')].filter(e => /^javascript/i.test(e.href)).map(() => 'link'),
    ...[...document.querySelectorAll('.katex')].map(() => 'formula'),
].filter(Boolean)"""
_HIDDEN = "\u202e\u2066\x1b\x07"


def settled(seen):
    seen.settle()
    assert seen.page.evaluate(_ACTED) == []
    text = seen.page.locator("body").inner_text()
    assert not [mark for mark in _HIDDEN if mark in text]
    return text


def test_every_page_shows_hostile_text_as_letters(app, watch, screenshots):
    seen = watch(app, height=3000)
    for name in PAGES:
        page = seen.open(name, workspace="hostile")
        text = settled(seen)
        page.screenshot(path=screenshots / f"hostile-{name}.png")
        if name == "select":
            assert "<script>window.pwned=1" in text  # the name of a source, in a figure


def test_the_reader_shows_hostile_text_literally(app, watch):
    seen = watch(app, height=2000)
    page = seen.open("corpus", workspace="hostile")
    page.get_by_role("tab", name="Documents", exact=True).click()
    shown = page.get_by_test_id("stCode").first
    shown.wait_for()
    settled(seen)
    assert "<script>window.pwned=1</script>" in shown.inner_text()
    assert "gpj.exe" in shown.inner_text()  # as stored, not as the override would have shown it


def test_searched_and_chosen_hostile_documents_stay_letters(app, watch):
    seen = watch(app, height=3000)
    page = seen.open("map", workspace="hostile", find="<script>", colour="source")
    assert "<script>window.pwned=1</script>" in page.get_by_test_id("stCode").first.inner_text()
    settled(seen)
    for view in ("Changes", "Left out", "Read"):
        seen.open("select", workspace="hostile", view=view)
        settled(seen)
    for view in ("One signal", "Groups"):
        seen.open("quality", workspace="hostile", view=view)
        settled(seen)
