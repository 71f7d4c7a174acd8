"""Articles to a published snapshot. `kb` comes first: it keeps onnxruntime from reporting to its vendor."""

import kb as kb
