#!/usr/bin/env python3
"""Exports a feature model of timm as a TorchScript file and its card, for `anomaly-score score`.

    pip install torch timm
    python3 export_feature_model.py --list
    python3 export_feature_model.py dinov2-vits14 --out models
    python3 export_feature_model.py --timm swin_tiny_patch4_window7_224.ms_in1k --out models
    python3 export_feature_model.py resnet50 --precision float64 --out models
    python3 export_feature_model.py --from models/resnet50.pt --precision float64 --out models
    python3 export_feature_model.py inception-v3 --logits --spatial Mixed_6d.branch1x1:7 --out models

What is written, NAME.pt, takes RGB pixels in [0, 1] of shape (N, 3, S, S) and gives the features
before the classifier, of shape (N, D), both float32, or both float64 with --precision float64. A
float32 model is the faster one; scores of a float64 model are the same on every type of CPU. With
--from, a TorchScript file of float32 that exists is converted, whatever library it came from; its
card beside it is converted too, and timm is not needed. Pixel normalisation is inside; the weights
need no gradient; dropout is off. For speed, batch normalisation is folded into the convolutions, and
the activations of a float32 model lie in channels-last order. With --logits and --spatial the module
returns a tuple: features, the logits of the classifier, and the first channels of a layer. NAME.yaml beside it is the card that
the job reads: input size, resize rule, D, SHA-256, source and licence.

Every export is checked before it is written: the traced module against timm's own, on pixels that
were not traced with and at another batch size.

The job's PyTorch is 2.7.1. Traces made by PyTorch 2.13.0 with timm 1.0.29 were loaded and
differentiated there; a trace of a later PyTorch that uses a newer operator fails at load with
"Unknown builtin op", and then an older PyTorch must do the export.
"""

import argparse
import hashlib
import pathlib
import re
import sys
import warnings
from dataclasses import dataclass

import torch
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval


@dataclass(frozen=True)
class Known:
    """A model of the paper, or Inception-v3."""

    timm_name: str
    size: int
    note: str


KNOWN = {
    "resnet50": Known("resnet50.tv_in1k", 224, "ResNet-50, ImageNet-1k, torchvision's first weights"),
    "vit-s16": Known(
        "vit_small_patch16_224.augreg_in21k_ft_in1k", 224, "ViT-S/16, ImageNet-21k then 1k; class token"
    ),
    "convnext-tiny": Known("convnext_tiny.fb_in1k", 224, "ConvNeXt-tiny, ImageNet-1k"),
    "dino-vits16": Known("vit_small_patch16_224.dino", 224, "DINO ViT-S/16; class token"),
    # Trained at 518 px; the paper's 224 px need its position embedding interpolated, as timm does.
    "dinov2-vits14": Known("vit_small_patch14_dinov2.lvd142m", 224, "DINOv2 ViT-S/14; class token"),
    # OpenAI trained it with QuickGELU; the timm model without that word in its name has plain GELU.
    "clip-vitb32": Known(
        "vit_base_patch32_clip_quickgelu_224.openai",
        224,
        "CLIP ViT-B/32 image tower, OpenAI; projected image embedding",
    ),
    "inception-v3": Known(
        "inception_v3.tv_in1k",
        299,
        "Inception-v3, torchvision's weights: NOT the TensorFlow graph of 2015 that FID uses, "
        "so distances of these features are not FID",
    ),
}

# The job keeps no more of an image's spatial layer.
MOST_SPATIAL = 4096

# Relative to the largest feature. Folding rounds each weight once, and the order of sums changes, which
# is a few 1e-7 each layer; a value that a trace baked in (a batch size, a branch on the data) is far above.
TOLERANCE = 1e-5
# In float64 the same few roundings a layer are a few 1e-16 each.
TOLERANCES = {torch.float32: TOLERANCE, torch.float64: 1e-12}
# Between a float32 module and its conversion: all of float32's rounding.
CONVERSION_TOLERANCE = 1e-4


class FeatureModel(nn.Module):
    """Pixels in [0, 1] to features, normalisation inside."""

    def __init__(self, network, mean, std, memory_format=torch.contiguous_format):
        super().__init__()
        self.network = network
        self.memory_format = memory_format
        self.register_buffer("mean", torch.tensor(mean).view(1, 3, 1, 1))
        self.register_buffer("std", torch.tensor(std).view(1, 3, 1, 1))

    def forward(self, pixels):
        return self.network(((pixels - self.mean) / self.std).contiguous(memory_format=self.memory_format))


@dataclass(frozen=True)
class Further:
    """What is returned behind the features."""

    logits: bool
    layer: str | None
    channels: int | None
    bias: bool = True

    def names(self):
        return [name for name, wanted in (("logits", self.logits), ("spatial", self.layer)) if wanted]


class SeveralOutputs(nn.Module):
    """Features, and behind them the classifier's logits and the first channels of a layer.

    Modules are looked up by name at each call, since folding puts others in their places.
    """

    def __init__(self, network, further):
        super().__init__()
        self.network = network
        self.further = further
        classifier = network.get_classifier() if further.logits else None
        self.classifier = next((name for name, m in network.named_modules() if name and m is classifier), None)
        if further.logits and not isinstance(classifier, nn.Linear):
            raise ExportError(
                f"{type(network).__name__} has no classifier whose logits --logits could take, but "
                f"{type(classifier).__name__}. Leave out --logits."
            )
        if further.layer and further.layer not in dict(network.named_modules()):
            raise ExportError(
                f"{type(network).__name__} has no layer {further.layer!r}. Its outer layers are "
                f"{', '.join(name for name, _ in network.named_children())}."
            )

    def forward(self, x):
        seen = {}

        def see(name):
            module = self.network.get_submodule(name)
            return module.register_forward_hook(lambda _, inputs, output: seen.update({name: (inputs[0], output)}))

        hooks = [see(name) for name in (self.classifier, self.further.layer) if name]
        returned = [self.network(x)]
        for hook in hooks:
            hook.remove()
        if self.further.logits:
            features, logits = seen[self.classifier]
            if not self.further.bias:
                logits = nn.functional.linear(features, self.network.get_submodule(self.classifier).weight)
            returned = [features, logits]
        if self.further.layer:
            returned.append(seen[self.further.layer][1][:, : self.further.channels].contiguous())
        return tuple(returned)


# In channels-last order the CPU's float32 convolutions need not reorder each layer's activations.
# Those of float64 gain nothing by it, and depthwise ones copy each channel: MobileNetV2 took 2.4 times as long.
MEMORY_FORMATS = {torch.float32: torch.channels_last, torch.float64: torch.contiguous_format}

# PyTorch's numbers of these types and memory formats in a graph.
FLOAT32_IN_GRAPHS, FLOAT64_IN_GRAPHS = 6, 7
CONTIGUOUS_IN_GRAPHS, CHANNELS_LAST_IN_GRAPHS = 0, 2
# What an argument of an operator becomes in float64.
WIDER = {
    ("dtype", FLOAT32_IN_GRAPHS): FLOAT64_IN_GRAPHS,
    ("memory_format", CHANNELS_LAST_IN_GRAPHS): CONTIGUOUS_IN_GRAPHS,
}


class ExportError(Exception):
    """What cannot be exported, why, and what to do."""


def create(timm_name, size, random_weights, classifier=False):
    """The timm model, without classifier or with it, at an input size where one is given."""
    try:
        import timm
    except ImportError as missing:
        raise ExportError(f"Cannot import timm ({missing}). Install it beside PyTorch: pip install timm") from missing
    options = {"pretrained": not random_weights}
    config = timm.get_pretrained_cfg(timm_name, allow_unregistered=True)
    if not timm.is_model(timm_name) or config is None:
        near = ", ".join(timm.list_models(f"*{timm_name.split('.')[0]}*", pretrained=True)[:5])
        raise ExportError(
            f"timm {timm.__version__} has no model {timm_name!r}."
            + (f" Near it: {near}." if near else " timm.list_models() gives its names.")
        )
    # CLIP towers have no classifier: their head is the projection into the shared space.
    if "_clip_" not in timm_name and not classifier:
        options["num_classes"] = 0
    if size is not None and config.fixed_input_size:
        options["img_size"] = size
    try:
        return timm.create_model(timm_name, **options).eval(), config
    except (OSError, RuntimeError, ValueError) as failure:
        raise ExportError(
            f"Cannot make {timm_name!r}"
            + ("" if random_weights else " with its weights")
            + f": {type(failure).__name__}: {str(failure).splitlines()[0].rstrip('.')}. "
            "Weights need the internet at the first use; --random-weights does without."
        ) from failure


def randomise(network, seed):
    """Weights of a model that nobody trained, none of whose branches is silent.

    timm starts the last norm of a residual branch, and layer scales, at or near 0: such a network
    would pass any comparison without its branches.
    """
    generator = torch.Generator().manual_seed(seed)
    for name, parameter in network.named_parameters():
        if parameter.dim() == 1 and not name.endswith("bias"):
            parameter.data.uniform_(0.5, 1.0, generator=generator)


def fold_batch_norms(network, pixels):
    """Folds each batch normalisation that takes a convolution's output into that convolution, in place.

    Who takes whose output is seen in one run on the pixels; check() finds a convolution that feeds
    anything else as well.
    """
    outputs, pairs = {}, []

    def after(module, _, output):
        # The tensor is kept with its id, which another could have after its death.
        outputs[id(output)] = (module, output)

    def before(module, inputs):
        if id(inputs[0]) in outputs:
            pairs.append((outputs[id(inputs[0])][0], module))

    hooks = [m.register_forward_hook(after) for m in network.modules() if type(m) is nn.Conv2d]
    # A norm that keeps no statistics computes them from each batch, and cannot be folded.
    norms = [m for m in network.modules() if isinstance(m, nn.BatchNorm2d) and m.running_mean is not None]
    hooks += [norm.register_forward_pre_hook(before) for norm in norms]
    with torch.no_grad():
        network(pixels)
    for hook in hooks:
        hook.remove()

    names = {module: name for name, module in network.named_modules()}
    for convolution, norm in pairs:
        # In double, so that a weight is rounded once, or not at all.
        dtype = convolution.weight.dtype
        fused = fuse_conv_bn_eval(convolution.double(), norm.double()).to(dtype)
        network.set_submodule(names[convolution], fused)
        # timm's norms may hold the activation that follows.
        rest = nn.Sequential(norm.drop, norm.act) if hasattr(norm, "act") else nn.Identity()
        network.set_submodule(names[norm], rest)


def trace(network, mean, std, size, fold=True):
    """The network as TorchScript, normalisation inside, made faster without other features; it changes the network."""
    dtype = next(network.parameters()).dtype
    if fold:
        fold_batch_norms(network, torch.rand(1, 3, size, size, dtype=dtype))
    network.to(memory_format=MEMORY_FORMATS[dtype])
    model = FeatureModel(network, mean, std, MEMORY_FORMATS[dtype]).to(dtype).eval().requires_grad_(False)
    # A shape check of timm warns; check() finds what a trace got wrong.
    warnings.filterwarnings("ignore", category=torch.jit.TracerWarning)
    return torch.jit.trace(model, torch.rand(2, 3, size, size, dtype=dtype))


def convert(arguments):
    """A TorchScript file of float32 as one of float64, with its card."""
    source = arguments.source
    sidecar = source.with_suffix(".yaml")
    if not source.is_file():
        raise ExportError(f"There is no file {source}. Give --from a TorchScript file.")
    if not sidecar.is_file():
        raise ExportError(f"{source} has no card {sidecar}. Write one as docs/models.md shows; it is converted too.")
    text = sidecar.read_text()
    if re.search(r"^precision: *float64", text, re.MULTILINE):
        raise ExportError(f"{sidecar} says that {source} is in float64 already.")
    entries = {key: re.search(rf"^ *{key}: *(\S+)", text, re.MULTILINE) for key in ("name", "size")}
    if None in entries.values():
        raise ExportError(f"{sidecar} lacks name or input.size. Write a card as docs/models.md shows.")
    size = int(entries["size"][1])
    try:
        module, wanted = (torch.jit.load(str(source), map_location="cpu").eval() for _ in range(2))
    except RuntimeError as failure:
        raise ExportError(f"{source} is not a TorchScript file: {str(failure).splitlines()[0]}") from failure
    module.to(torch.float64)
    for parameter in module.parameters():
        parameter.requires_grad_(False)
        parameter.data = parameter.data.contiguous()
    for part in module.modules():
        if hasattr(part, "graph"):
            widen(part.graph, part.graph.nodes())
    if not arguments.no_fold:
        # What PyTorch's own quantisation does before it; it leaves alone what it does not know.
        module = torch.jit._recursive.wrap_cpp_module(torch._C._jit_pass_fold_convbn(module._c))
    for batch in (1, 3):
        pixels = torch.rand(batch, 3, size, size)
        with torch.no_grad(), torch.jit.optimized_execution(False):
            found, float32 = (flat(m(p)) for m, p in ((module, pixels.double()), (wanted, pixels)))
        # One tolerance for all outputs of a tuple, each against its own largest value.
        for name, a, b in zip(range(len(found)), found, float32):
            difference = ((a - b).abs().max() / b.abs().max()).item()
            if not difference <= CONVERSION_TOLERANCE:
                raise ExportError(
                    f"Output {name} of {source} in float64 differs from float32 by {difference:.2g} relative "
                    f"(limit {CONVERSION_TOLERANCE:g}) at batch size {batch}: it does something that depends on "
                    "its type. Export it in float64 with the library that made it."
                )
    check_exact(module, size, source)

    arguments.out.mkdir(parents=True, exist_ok=True)
    file = arguments.out / f"{source.stem}-float64.pt"
    module.save(str(file))
    sha256 = hashlib.sha256(file.read_bytes()).hexdigest()
    text = re.sub(r"float32 RGB", "float64 RGB", text)
    text = re.sub(r"^precision:.*\n", "", text, flags=re.MULTILINE)
    text = re.sub(r"^sha256:.*\n", "", text, flags=re.MULTILINE)
    text = re.sub(r"^name: *(\S+)", r"name: \1-float64", text, flags=re.MULTILINE)
    lines = f"precision: float64\nsha256: {sha256}\n"
    file.with_suffix(".yaml").write_text(text.rstrip("\n") + "\n" + lines)
    print(f"{file}: {size} px, float64, {file.stat().st_size / 1e6:.1f} MB")


def widen(graph, nodes):
    """Makes float64 of the float32 constants, types and memory formats of a graph; to() changes weights alone."""
    for node in nodes:
        for block in node.blocks():
            widen(graph, block.nodes())
        if node.kind() == "prim::Constant":
            if node.hasAttribute("value") and node.kindOf("value") == "t" and node.t("value").dtype == torch.float32:
                node.t_("value", node.t("value").double())
        elif node.schema() != "(no schema)":
            arguments = torch._C.parse_schema(node.schema()).arguments
            for i, (value, argument) in enumerate(zip(node.inputs(), arguments)):
                wider = WIDER.get((argument.name, value.toIValue() if value.type().kind() == "IntType" else None))
                if wider is not None:
                    with graph.insert_point_guard(node):
                        node.replaceInput(i, graph.insertConstant(wider))


def flat(returned):
    return list(returned) if isinstance(returned, (tuple, list)) else [returned]


def check_exact(module, size, source):
    """Refuses a module that still rounds to float32 inside.

    A step far below float32's resolution of a pixel (6e-8) then moves the features in jumps, or not at
    all; in true float64 twice the step moves them twice as far.
    """
    x = 0.25 + 0.5 * torch.rand(1, 3, size, size, dtype=torch.float64)
    d = torch.randn(1, 3, size, size, dtype=torch.float64)
    with torch.no_grad(), torch.jit.optimized_execution(False):
        base, once, twice = (flat(module(x + step * d))[0] for step in (0.0, 1e-10, 2e-10))
    bent = (torch.linalg.vector_norm(twice - 2 * once + base) / torch.linalg.vector_norm(twice - base)).item()
    if base.dtype != torch.float64 or not bent < 1e-3:
        raise ExportError(
            f"{source} rounds to float32 inside even when it is converted (output {base.dtype}, deviation from "
            f"linearity over a step of 1e-10 {bent:.2g}, limit 1e-3). Export it in float64 with the library that made it."
        )


def export(name, timm_name, size, note, arguments):
    torch.manual_seed(arguments.seed)
    further = further_outputs(arguments)
    if further.logits and "_clip_" in timm_name:
        raise ExportError(f"{timm_name!r} has no classifier, but a projection. Leave out --logits.")
    network, config = create(timm_name, size, arguments.random_weights, further.logits)
    dtype = getattr(torch, arguments.precision)
    network.to(dtype)
    if arguments.random_weights:
        randomise(network, arguments.seed)
    size = size or config.input_size[-1]
    pixels = torch.rand(3, 3, size, size, dtype=dtype)
    if further.names():
        network = SeveralOutputs(network, further)
    with torch.no_grad():
        wanted = flat(FeatureModel(network, config.mean, config.std).to(dtype)(pixels))
    features = wanted[0]
    if further.layer:
        check_layer(wanted[-1], further, timm_name)
    if features.dim() != 2 or features.shape[0] != 3 or features.dtype != dtype:
        raise ExportError(
            f"{timm_name!r} gives {features.dtype} of shape {tuple(features.shape)} for 3 images; "
            f"wanted {dtype} of shape (3, D). It has no pooled features: choose another model."
        )
    traced = trace(network, config.mean, config.std, size, not arguments.no_fold)
    check(traced, pixels, wanted, timm_name)
    check(traced, pixels[:1], [w[:1] for w in wanted], timm_name)
    if dtype == torch.float64:
        check_exact(traced, size, timm_name)

    arguments.out.mkdir(parents=True, exist_ok=True)
    if dtype == torch.float64:
        name += "-float64"
    file = arguments.out / f"{name}.pt"
    traced.save(str(file))
    sha256 = hashlib.sha256(file.read_bytes()).hexdigest()
    (arguments.out / f"{name}.yaml").write_text(
        card(
            name, size, features.shape[1], arguments.precision, sha256,
            *origin(timm_name, config, note, arguments), further.names(),
        )
    )
    if arguments.golden:
        little_endian = "<f4" if dtype == torch.float32 else "<f8"
        pixels.numpy().astype(little_endian).tofile(arguments.out / f"{name}.input.bin")
        features.numpy().astype(little_endian).tofile(arguments.out / f"{name}.features.bin")
    behind = "".join(f", {name} {tuple(w.shape[1:])}" for name, w in zip(further.names(), wanted[1:]))
    print(f"{file}: {size} px, {features.shape[1]} features{behind}, {file.stat().st_size / 1e6:.1f} MB")


def further_outputs(arguments):
    layer, _, channels = (arguments.spatial or "").partition(":")
    return Further(
        arguments.logits, layer or None, int(channels) if channels else None, not arguments.no_logit_bias
    )


def check_layer(spatial, further, timm_name):
    if spatial.dim() != 4:
        raise ExportError(
            f"The layer {further.layer!r} of {timm_name!r} gives the shape {tuple(spatial.shape)}; wanted (N, C, h, w)."
        )
    if spatial[0].numel() > MOST_SPATIAL:
        raise ExportError(
            f"The layer {further.layer!r} of {timm_name!r} gives {spatial[0].numel()} numbers an image, of shape "
            f"{tuple(spatial.shape[1:])}; the job keeps at most {MOST_SPATIAL}. Name a number of its first channels: "
            f"--spatial {further.layer}:{max(1, MOST_SPATIAL // spatial[0, 0].numel())}"
        )


def check(traced, pixels, wanted, timm_name):
    wanted = flat(wanted)
    with torch.no_grad():
        found = flat(traced(pixels))
    # Each output against its own largest value; a NaN anywhere must be the largest difference.
    difference = torch.stack([(a - b).abs().max() / b.abs().max() for a, b in zip(found, wanted, strict=True)]).max().item()
    tolerance = TOLERANCES[wanted[0].dtype]
    if not difference <= tolerance:
        raise ExportError(
            f"The trace of {timm_name!r} differs from the model by {difference:.2g} relative "
            f"(limit {tolerance:g}) at batch size {len(pixels)}: it does something that a trace cannot "
            "record, or that folding its batch normalisation breaks. Try --no-fold, which gives a slower module."
        )


def origin(timm_name, config, note, arguments):
    """Source and licence for the card."""
    if arguments.random_weights:
        return f"random weights (seed {arguments.seed}) in timm's {timm_name}; for tests only", "none"
    import timm

    where = config.hf_hub_id or config.url or "timm"
    what = f"; {note}" if note else ""
    return f"timm {timm.__version__} {timm_name} ({where}){what}", config.license or "unknown"


def card(name, size, dimension, precision, sha256, source, licence, further=()):
    # Quoted as YAML wants, since a source may hold ': '.
    quoted = source.replace("'", "''")
    more = "".join(f"  {output}: {i}\n" for i, output in enumerate(further, start=1))
    return f"""\
# Feature model card. Pixels in: {precision} RGB in [0, 1], N x 3 x size x size; normalisation is inside the module.
name: {name}
input:
  size: {size}
  resize: squash          # squash | shorter-side (then centre crop to size)
  filter: bicubic         # Pillow's 8-bit bicubic | bilinear | box | lanczos
output:
  index: 0                # which element, where the module returns a tuple
  dimension: {dimension}
{more}precision: {precision}      # float32: fast | float64: the same scores on every type of CPU
sha256: {sha256}
source: '{quoted}'
licence: {licence}
"""


def parse(words):
    parser = argparse.ArgumentParser(
        description="Exports feature models as TorchScript with a card beside each.",
        epilog="Example: export_feature_model.py resnet50 dinov2-vits14 --out models",
    )
    parser.add_argument("models", nargs="*", metavar="MODEL", help="one or more names that --list prints")
    parser.add_argument("--timm", metavar="NAME", help="any other model of timm, by timm's name")
    parser.add_argument(
        "--from",
        dest="source",
        type=pathlib.Path,
        metavar="FILE.pt",
        help="convert this TorchScript file of float32, which has its card beside it; needs --precision float64",
    )
    parser.add_argument(
        "--precision",
        choices=["float32", "float64"],
        default="float32",
        help="float32: fast; float64: scores are the same on every type of CPU, and slower (default: float32)",
    )
    parser.add_argument("--size", type=int, help="input size in pixels of the --timm model (default: its own)")
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path("models"), help="default: models")
    parser.add_argument(
        "--logits", action="store_true", help="also return the classifier's logits, which the Inception Score needs"
    )
    parser.add_argument(
        "--no-logit-bias",
        action="store_true",
        help="leave the last layer's bias out of the logits, as the field's tools do for the Inception Score",
    )
    parser.add_argument(
        "--spatial",
        metavar="LAYER[:CHANNELS]",
        help="also return this layer, of which the spatial Frechet distance is taken, or its first channels; "
        "sFID takes Mixed_6d.branch1x1:7 of the Inception-v3 of TensorFlow",
    )
    parser.add_argument("--no-fold", action="store_true", help="leave batch normalisation beside its convolutions; slower")
    parser.add_argument("--list", action="store_true", help="print the known names and stop")
    parser.add_argument(
        "--random-weights", action="store_true", help="no download; for tests of the architecture only"
    )
    parser.add_argument("--seed", type=int, default=0, help="of the random weights (default: 0)")
    parser.add_argument(
        "--golden",
        action="store_true",
        help="also write NAME.input.bin (3 inputs) and NAME.features.bin, raw little-endian, in the precision",
    )
    arguments = parser.parse_args(words)
    if arguments.no_logit_bias and not arguments.logits:
        parser.error("--no-logit-bias is of --logits: give both")
    unknown = [name for name in arguments.models if name not in KNOWN]
    if unknown:
        parser.error(
            f"unknown model {unknown[0]!r}: choose from {', '.join(KNOWN)}, or give timm's name with --timm"
        )
    if not (arguments.models or arguments.timm or arguments.source or arguments.list):
        parser.error("nothing to export: name a model (see --list), or give --timm NAME or --from FILE.pt")
    if arguments.source and arguments.precision != "float64":
        parser.error("--from converts to float64: give --precision float64 too")
    if arguments.source and (arguments.models or arguments.timm):
        parser.error("--from converts one file and exports no other model: give it alone")
    if arguments.source and (arguments.logits or arguments.spatial):
        parser.error("--from keeps the outputs that the file has: leave out --logits and --spatial")
    if arguments.spatial and not re.fullmatch(r"[^:]+(:[1-9][0-9]*)?", arguments.spatial):
        parser.error(f"--spatial must be LAYER or LAYER:CHANNELS, got {arguments.spatial!r}")
    if arguments.size is not None and not arguments.timm:
        parser.error("--size is for --timm; the known models have the size that --list prints")
    if arguments.size is not None and arguments.size < 1:
        parser.error(f"--size must be 1 or more, got {arguments.size}")
    return arguments


def main(words=None):
    arguments = parse(words)
    if arguments.list:
        for name, known in KNOWN.items():
            print(f"{name:14} {known.size} px  {known.timm_name:44} {known.note}")
        return 0
    if arguments.source:
        try:
            convert(arguments)
        except ExportError as failure:
            print(f"export_feature_model: {failure}", file=sys.stderr)
            return 3
        return 0
    wanted = [(name, KNOWN[name].timm_name, KNOWN[name].size, KNOWN[name].note) for name in arguments.models]
    if arguments.timm:
        # The card's name is a file name too.
        own_name = re.sub(r"[^A-Za-z0-9._-]", "-", arguments.timm.replace("hf-hub:", ""))
        wanted.append((own_name, arguments.timm, arguments.size, ""))
    for name, timm_name, size, note in wanted:
        try:
            export(name, timm_name, size, note, arguments)
        except ExportError as failure:
            print(f"export_feature_model: {failure}", file=sys.stderr)
            return 3
    return 0


if __name__ == "__main__":
    sys.exit(main())
