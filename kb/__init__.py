"""The library: articles, index, search, usage and tickets. Importing it keeps onnxruntime from reporting.

onnxruntime looks up a host of its vendor's and keeps a device's id in the home folder unless the environment
says otherwise before its first import. Nothing is to be sent anywhere, whatever the environment said.
"""

import os

os.environ["ORT_DISABLE_TELEMETRY"] = "1"
