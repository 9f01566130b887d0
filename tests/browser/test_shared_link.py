"""A link that one visitor copies shows another the same view."""

NUMBERS = ("Documents", "Tokens", "Median length")


def test_a_map_link_restores_colour_search_and_workspace(app, watch):
    first = watch(app)
    page = first.open("map", workspace="filled")
    page.get_by_label("Colour by").click()
    page.get_by_role("option", name="Source", exact=True).click()
    page.get_by_label("Find", exact=True).fill("the")
    page.get_by_label("Find", exact=True).press("Enter")
    page.wait_for_url("**find=the**")
    page.get_by_text("in focus").first.wait_for()
    first.settle()
    told = page.get_by_text("documents", exact=False).filter(visible=True).all_inner_texts()

    other = watch(app)
    other.page.goto(page.url)
    other.page.get_by_role("heading", name="Map", exact=True, level=1).wait_for()
    other.settle()
    assert other.page.get_by_label("Find", exact=True).input_value() == "the"
    assert other.page.get_by_label("Workspace").input_value() == "filled"
    assert other.page.get_by_label("Colour by").input_value() == "Source"
    again = other.page.get_by_text("documents", exact=False).filter(visible=True).all_inner_texts()
    assert again == told


def test_a_select_link_restores_method_budget_filters_and_numbers(app, watch):
    first = watch(app)
    page = first.open("select", workspace="filled", method="random", budget_tokens="3000")
    tokens = first.metric("Tokens").inner_text()
    page.get_by_label("Seed", exact=True).fill("5")
    page.get_by_label("Seed", exact=True).press("Enter")
    page.wait_for_url("**seed=5**")
    first.expect(first.metric("Tokens")).not_to_have_text(tokens)
    page.get_by_text("Filters (0)").click()
    page.get_by_role("button", name="Add a rule").click()
    page.get_by_label("Bound", exact=True).fill("60")
    page.get_by_label("Bound", exact=True).press("Enter")
    page.wait_for_url("**recipe=**n_tokens**60**")
    first.settle()
    numbers = {name: first.metric(name).inner_text() for name in NUMBERS}

    other = watch(app)
    other.page.goto(page.url)
    other.page.get_by_role("heading", name="Select", exact=True, level=1).wait_for()
    other.settle()
    assert {name: other.metric(name).inner_text() for name in NUMBERS} == numbers
    assert other.page.get_by_label("Token budget", exact=True).input_value() == "3000"
    assert other.page.get_by_label("Seed", exact=True).input_value() == "5"
    assert other.page.get_by_label("Bound", exact=True).input_value() == "60"
    first.visit("compare")
    first.visit("select")
    first.expect(first.metric("Tokens")).to_have_text(numbers["Tokens"])
    assert {name: first.metric(name).inner_text() for name in NUMBERS} == numbers
