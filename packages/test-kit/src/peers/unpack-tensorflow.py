"""Takes the C library and its headers out of a TensorFlow wheel: unpack-tensorflow.py WHEELS DEPS"""

import pathlib
import shutil
import sys
import zipfile

wheels, deps = map(pathlib.Path, sys.argv[1:])
INCLUDE = "tensorflow/include/"
HEADERS = ("tensorflow/c/", "tensorflow/core/platform/", "tensorflow/tsl/c/", "tensorflow/tsl/platform/")
LIBRARIES = ("tensorflow/libtensorflow_cc.so.2", "tensorflow/libtensorflow_framework.so.2")


def target(name):
    if name in LIBRARIES:
        return deps / "lib" / pathlib.PurePosixPath(name).name
    if name.endswith(".h") and name.startswith(tuple(INCLUDE + folder for folder in HEADERS)):
        return deps / "include" / name[len(INCLUDE) :]
    return None


(wheel,) = wheels.glob("*.whl")
with zipfile.ZipFile(wheel) as archive:
    for name in archive.namelist():
        path = target(name)
        if path is None:
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        with archive.open(name) as source, open(path, "wb") as out:
            shutil.copyfileobj(source, out, 1 << 22)
shutil.rmtree(wheels)
