"""The wheel, installed apart from the checkout and run from another folder: it carries configs and sample data."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def installed(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    # Without build isolation nothing is fetched: the build backend is a development dependency.
    subprocess.run(
        [
            sys.executable,
            "-m",
            "pip",
            "wheel",
            "--quiet",
            "--no-deps",
            "--no-build-isolation",
            "--wheel-dir",
            folder,
            ROOT,
        ],
        check=True,
        capture_output=True,
        cwd=folder,
    )
    (wheel,) = folder.glob("annexa-*.whl")
    target = folder / "site"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(target)
    return target


def run(installed: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(installed)}
    return subprocess.run(
        [sys.executable, "-P", *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


def test_it_is_the_installed_package_that_runs(installed, tmp_path):
    ran = run(
        installed, tmp_path, "-c", "import annexa, annexa.resources as r; print(annexa.__file__, r.resource('configs'))"
    )
    package, configs = ran.stdout.split()
    assert Path(package) == installed / "annexa" / "__init__.py"
    assert Path(configs) == installed / "annexa" / "configs"


def test_the_sample_builds_from_another_folder(installed, tmp_path):
    extract = installed / "annexa" / "sample_data" / "extract"
    ran = run(
        *(installed, tmp_path, "-m", "annexa", "build", "--inspection-date", "2018-06-04"),
        *("--extracts", str(extract), "--edition", "ilacs-2019"),
    )
    assert ran.returncode == 0, ran.stderr
    assert (tmp_path / "annexa-2018-06-04" / "annex-a.xlsx").is_file()
    ran = run(installed, tmp_path, "-m", "annexa", "verify", "annexa-2018-06-04")
    assert ran.returncode == 0, ran.stderr
