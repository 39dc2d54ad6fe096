"""Tests/Fixtures/activations.json: what each activation that Dense may name makes of some numbers.

`rows` has those that look at a whole row, which `x` is; the others look at one number. Each is built as Dense does
on loading, without arguments, and asked once it is in evaluation mode. Left out are those that need arguments
(MultiheadAttention, Threshold), that take images (Softmax2d), that halve the row (GLU), and that have weights of
their own (PReLU).

`slopes` has, by the same names, the derivatives by `x` (by `row`, for those that look at a whole row) of the sum of
the results times `dy`: computed in float64, of the float32 numbers.
"""

import warnings

import torch
from sentence_transformers.util import fullname
from torch.nn.modules import activation
from torch.nn.modules.linear import Identity

from .files import rounded, write_json

X = [-100.0, -20.0, -6.5, -3.0, -2.0, -1.0, -0.75, -0.5, -0.1, -1e-4, 0.0, 1e-4, 0.1, 0.5, 0.75, 1.0, 2.0, 3.0]
X += [6.0, 6.5, 19.5, 20.5, 100.0]
# Nearer to each other than X: all of them count in a softmax.
ROW = [x / 40 for x in X]
DY = [1 + i % 3 / 2 for i in range(len(X))]
LEFT_OUT = {"MultiheadAttention", "Threshold", "Softmax2d", "GLU", "PReLU"}
WHOLE_ROW = {"Softmax", "Softmin", "LogSoftmax"}


def write(fixtures):
    # Softmax says that it will choose a dimension: of rows, the last.
    warnings.simplefilter("ignore")
    kinds = [Identity] + [getattr(activation, name) for name in sorted(activation.__all__)]
    each, rows, slopes = {}, {}, {}
    for kind in kinds:
        if kind.__name__ not in LEFT_OUT:
            function = kind().eval()
            is_row = kind.__name__ in WHOLE_ROW
            table = rows if is_row else each
            table[fullname(function)] = rounded(function(torch.tensor([X]))[0])
            slopes[fullname(function)] = rounded(slope(function, ROW if is_row else X))
    recorded = {"x": X, "each": each, "rows": rows, "row": ROW, "dy": DY, "slopes": slopes}
    write_json(fixtures / "activations.json", recorded)


def slope(function, numbers):
    x = torch.tensor([numbers]).double().requires_grad_()
    (function(x)[0] * torch.tensor(DY).double()).sum().backward()
    return x.grad[0]
