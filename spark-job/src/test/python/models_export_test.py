#!/usr/bin/env python3
"""Tests export_feature_model.py with random weights, without a download.

    python3 -m unittest spark-job/src/test/python/models_export_test.py

Needs PyTorch and timm, as the script itself does.
"""

import contextlib
import hashlib
import io
import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "main/python"))

import export_feature_model as exporter
import torch
from torch import nn


class ExportTest(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.out = pathlib.Path(temporary.name)

    def run_script(self, *words):
        """Exit code, standard output and standard error."""
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                code = exporter.main(list(words))
            except SystemExit as stop:
                code = stop.code
        return code, out.getvalue(), err.getvalue()

    def test_any_timm_model_with_card_and_golden_files(self):
        code, _, err = self.run_script(
            "--timm", "test_vit.r160_in1k", "--random-weights", "--golden", "--out", str(self.out)
        )
        self.assertEqual(code, 0, err)
        file = self.out / "test_vit.r160_in1k.pt"
        card = file.with_suffix(".yaml").read_text()
        module = torch.jit.load(str(file))
        pixels = torch.frombuffer(bytearray((self.out / "test_vit.r160_in1k.input.bin").read_bytes()), dtype=torch.float32)
        features = module(pixels.view(3, 3, 160, 160))
        golden = torch.frombuffer(bytearray((self.out / "test_vit.r160_in1k.features.bin").read_bytes()), dtype=torch.float32)
        torch.testing.assert_close(features.flatten(), golden, rtol=1e-5, atol=1e-5)
        self.assertIn("size: 160", card)
        self.assertIn(f"dimension: {features.shape[1]}", card)
        self.assertIn("sha256: " + hashlib.sha256(file.read_bytes()).hexdigest(), card)
        self.assertIn("licence: none", card)
        self.assertFalse(any(p.requires_grad for p in module.parameters()))
        self.assertFalse(module.training)

    def test_logits_and_a_spatial_layer_stand_behind_the_features(self):
        code, out, err = self.run_script(
            "--timm", "test_resnet.r160_in1k", "--random-weights", "--logits", "--spatial", "layer2:5", "--out", str(self.out)
        )
        self.assertEqual(code, 0, err)
        self.assertIn("logits (1000,), spatial (5, ", out)
        file = self.out / "test_resnet.r160_in1k.pt"
        card = file.with_suffix(".yaml").read_text()
        self.assertIn("  logits: 1\n  spatial: 2\nprecision", card)
        pixels = torch.rand(2, 3, 160, 160, requires_grad=True)
        module = torch.jit.load(str(file))
        self.assertNotIn("batch_norm", str(module.inlined_graph))
        features, logits, spatial = module(pixels)
        self.assertEqual(logits.shape, (2, 1000))
        self.assertEqual(spatial.dim(), 4)
        features.square().sum().backward()
        self.assertGreater(pixels.grad.abs().max().item(), 0)

    def test_the_features_are_those_of_the_model_without_classifier(self):
        network, _ = exporter.create("test_resnet.r160_in1k", None, True, True)
        pixels = torch.rand(2, 3, 160, 160)
        with torch.no_grad():
            features, logits, spatial = exporter.SeveralOutputs(network, exporter.Further(True, "layer2", 5))(pixels)
            torch.testing.assert_close(logits, network(pixels))
            network.reset_classifier(0)
            torch.testing.assert_close(features, network(pixels))
        self.assertEqual(spatial.shape[:2], (2, 5))

    def test_the_bias_of_the_logits_can_be_left_out(self):
        network, _ = exporter.create("test_resnet.r160_in1k", None, True, True)
        network.fc.bias.data.uniform_(-1, 1)
        pixels = torch.rand(2, 3, 160, 160)
        with torch.no_grad():
            features, logits = exporter.SeveralOutputs(network, exporter.Further(True, None, None, False))(pixels)
            torch.testing.assert_close(logits + network.fc.bias, network(pixels))
            network.fc = nn.Linear(features.shape[1], 7, bias=False)
            for bias in (True, False):
                outputs = exporter.SeveralOutputs(network, exporter.Further(True, None, None, bias))(pixels)
                torch.testing.assert_close(outputs[1], network(pixels))
        words = ["--timm", "test_resnet.r160_in1k", "--random-weights", "--logits", "--out", str(self.out)]
        probabilities = {}
        for more in ([], ["--no-logit-bias"]):
            code, _, err = self.run_script(*words, *more)
            self.assertEqual(code, 0, err)
            probabilities[bool(more)] = torch.jit.load(str(self.out / "test_resnet.r160_in1k.pt"))(pixels)[1]
        self.assertEqual(probabilities[True].shape, (2, 1000))
        self.assertFalse(torch.equal(probabilities[True], probabilities[False]))

    def test_the_layer_of_sfid_has_2023_numbers(self):
        code, out, err = self.run_script(
            "inception-v3", "--random-weights", "--logits", "--spatial", "Mixed_6d.branch1x1:7", "--out", str(self.out)
        )
        self.assertEqual(code, 0, err)
        self.assertIn("2048 features, logits (1000,), spatial (7, 17, 17)", out)

    def test_outputs_that_are_not_there_are_bad_input(self):
        for words, wanted in [
            (["--spatial", "layer9"], "has no layer 'layer9'"),
            (["--spatial", "layer1"], "--spatial layer1:"),
            (["--spatial", "global_pool"], "wanted (N, C, h, w)"),
        ]:
            code, _, err = self.run_script(
                "--timm", "test_resnet.r160_in1k", "--random-weights", *words, "--out", str(self.out)
            )
            self.assertEqual(code, 3, err)
            self.assertIn(wanted, err)
        code, _, err = self.run_script("clip-vitb32", "--random-weights", "--logits", "--out", str(self.out))
        self.assertEqual(code, 3, err)
        self.assertIn("no classifier", err)

    def test_the_size_changes_the_input(self):
        code, _, err = self.run_script(
            "--timm", "test_vit.r160_in1k", "--size", "96", "--random-weights", "--out", str(self.out)
        )
        self.assertEqual(code, 0, err)
        module = torch.jit.load(str(self.out / "test_vit.r160_in1k.pt"))
        self.assertEqual(module(torch.rand(2, 3, 96, 96)).shape[0], 2)
        self.assertIn("size: 96", (self.out / "test_vit.r160_in1k.yaml").read_text())

    def test_normalisation_is_inside(self):
        model = exporter.FeatureModel(nn.Identity(), (0.5, 0.25, 0.0), (0.5, 0.25, 2.0))
        pixels = torch.ones(1, 3, 2, 2)
        self.assertEqual(model(pixels)[0, :, 0, 0].tolist(), [1.0, 3.0, 0.5])

    def test_random_weights_silence_no_branch(self):
        network, _ = exporter.create("test_resnet.r160_in1k", None, True)
        exporter.randomise(network, 0)
        norms = [p for n, p in network.named_parameters() if p.dim() == 1 and n.endswith("weight")]
        self.assertTrue(norms)
        self.assertTrue(all(p.min() >= 0.5 for p in norms))

    def test_batch_norms_are_folded_and_the_features_stay(self):
        for name in ["test_resnet.r160_in1k", "test_efficientnet.r160_in1k"]:
            network, _ = exporter.create(name, None, True)
            exporter.randomise(network, 0)
            for norm in network.modules():
                if isinstance(norm, nn.BatchNorm2d):
                    norm.running_mean.uniform_(-1, 1)
                    norm.running_var.uniform_(0.5, 2)
            pixels = torch.rand(3, 3, 160, 160)
            with torch.no_grad():
                features = exporter.FeatureModel(network, (0.5,) * 3, (0.5,) * 3)(pixels)
            traced = exporter.trace(network, (0.5,) * 3, (0.5,) * 3, 160)
            exporter.check(traced, pixels, features, name)
            self.assertNotIn("batch_norm", str(traced.inlined_graph))

    def test_a_convolution_that_feeds_another_too_is_refused(self):
        class TwoReaders(nn.Module):
            def __init__(self):
                super().__init__()
                self.convolution, self.norm = nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4)

            def forward(self, x):
                y = self.convolution(x)
                return (self.norm(y) + y).mean((2, 3))

        network = TwoReaders().eval()
        network.norm.running_var.fill_(4.0)
        pixels = torch.rand(3, 3, 8, 8)
        with torch.no_grad():
            features = network(pixels)
        traced = exporter.trace(network, (0.0,) * 3, (1.0,) * 3, 8)
        with self.assertRaisesRegex(exporter.ExportError, "folding its batch normalisation breaks. Try --no-fold"):
            exporter.check(traced, pixels, features, "two readers")

    def test_without_folding_the_norms_stay(self):
        code, _, err = self.run_script(
            "--timm", "test_resnet.r160_in1k", "--random-weights", "--no-fold", "--out", str(self.out)
        )
        self.assertEqual(code, 0, err)
        module = torch.jit.load(str(self.out / "test_resnet.r160_in1k.pt"))
        self.assertIn("batch_norm", str(module.inlined_graph))

    def test_a_norm_without_statistics_is_not_folded(self):
        norm = nn.BatchNorm2d(4, track_running_stats=False)
        network = nn.Sequential(nn.Conv2d(3, 4, 3), norm, nn.AdaptiveAvgPool2d(1), nn.Flatten()).eval()
        exporter.fold_batch_norms(network, torch.rand(1, 3, 8, 8))
        self.assertIs(network[1], norm)

    def test_a_trace_that_differs_is_refused(self):
        with self.assertRaisesRegex(exporter.ExportError, "differs from the model by .* batch size 1"):
            exporter.check(lambda x: x * 1.001, torch.ones(1, 3), torch.ones(1, 3), "name")

    def test_a_result_that_is_not_a_number_is_refused(self):
        with self.assertRaises(exporter.ExportError):
            exporter.check(lambda x: x * float("nan"), torch.ones(1, 3), torch.ones(1, 3), "name")

    def test_float64_is_float64_throughout(self):
        code, _, err = self.run_script(
            "--timm", "test_resnet.r160_in1k", "--random-weights", "--precision", "float64", "--out", str(self.out)
        )
        self.assertEqual(code, 0, err)
        file = self.out / "test_resnet.r160_in1k-float64.pt"
        self.assertIn("precision: float64", file.with_suffix(".yaml").read_text())
        module = torch.jit.load(str(file))
        self.assertEqual(module(torch.rand(2, 3, 160, 160, dtype=torch.float64)).dtype, torch.float64)
        exporter.check_exact(module, 160, "the export")

    def test_a_torchscript_file_is_converted_with_constants_casts_and_card(self):
        class Casts(nn.Module):
            def __init__(self):
                super().__init__()
                self.convolution = nn.Conv2d(3, 4, 3)

            def forward(self, x):
                y = self.convolution(x - torch.tensor(0.1)).to(torch.float32).tanh()
                return y.mean((2, 3)), y

        file = self.out / "casts.pt"
        torch.jit.trace(Casts().eval(), torch.rand(2, 3, 8, 8)).save(str(file))
        file.with_suffix(".yaml").write_text(
            "name: casts\ninput:\n  size: 8\noutput:\n  dimension: 4\nsha256: 0\nlicence: none\n"
        )
        code, _, err = self.run_script("--from", str(file), "--precision", "float64", "--out", str(self.out))
        self.assertEqual(code, 0, err)
        converted = self.out / "casts-float64.pt"
        exporter.check_exact(torch.jit.load(str(converted)), 8, "the conversion")
        card = converted.with_suffix(".yaml").read_text()
        self.assertIn("name: casts-float64\n", card)
        self.assertIn("precision: float64\n", card)
        self.assertIn("sha256: " + hashlib.sha256(converted.read_bytes()).hexdigest(), card)
        self.assertEqual(card.count("sha256"), 1)

    def test_a_conversion_folds_norms_and_leaves_the_channels_last_order(self):
        norm = nn.BatchNorm2d(4)
        norm.running_mean.uniform_(-1, 1)
        norm.running_var.uniform_(0.5, 2)
        network = nn.Sequential(nn.Conv2d(3, 4, 3), norm, nn.Tanh(), nn.AdaptiveAvgPool2d(1), nn.Flatten())
        traced = exporter.trace(network, (0.5,) * 3, (0.25,) * 3, 8, fold=False)
        self.assertIn(f"memory_format={exporter.CHANNELS_LAST_IN_GRAPHS}", traced.code)
        file = self.out / "norm.pt"
        traced.save(str(file))
        file.with_suffix(".yaml").write_text("name: norm\ninput:\n  size: 8\noutput:\n  dimension: 4\n")
        pixels = torch.rand(3, 3, 8, 8, dtype=torch.float64)
        features = []
        for words in [["--no-fold"], []]:
            code, _, err = self.run_script(
                "--from", str(file), "--precision", "float64", "--out", str(self.out), *words
            )
            self.assertEqual(code, 0, err)
            module = torch.jit.load(str(self.out / "norm-float64.pt"))
            with torch.no_grad():
                features.append(module(pixels))
            self.assertEqual("batch_norm" in str(module.inlined_graph), words == ["--no-fold"])
            self.assertNotIn(f"memory_format={exporter.CHANNELS_LAST_IN_GRAPHS}", module.code)
            self.assertTrue(all(p.is_contiguous() for p in module.parameters()))
        # A few roundings of float64 in each layer.
        torch.testing.assert_close(features[1], features[0], rtol=1e-12, atol=1e-13)

    def test_a_file_that_cannot_be_converted_says_why(self):
        file = self.out / "m.pt"
        for make, wanted in [
            (lambda: None, "There is no file"),
            (lambda: file.write_bytes(b"no module"), "has no card"),
            (lambda: file.with_suffix(".yaml").write_text("name: m\n"), "lacks name or input.size"),
            (lambda: file.with_suffix(".yaml").write_text("name: m\nsize: 8\n"), "is not a TorchScript file"),
            (lambda: file.with_suffix(".yaml").write_text("precision: float64\n"), "in float64 already"),
        ]:
            make()
            code, _, err = self.run_script("--from", str(file), "--precision", "float64", "--out", str(self.out))
            self.assertEqual(code, 3)
            self.assertIn(wanted, err)

    def test_list_names_the_seven(self):
        code, out, _ = self.run_script("--list")
        self.assertEqual(code, 0)
        self.assertEqual([line.split()[0] for line in out.splitlines()], list(exporter.KNOWN))
        self.assertEqual(len(exporter.KNOWN), 7)

    def test_wrong_usage_says_what_to_do(self):
        for words, wanted in [
            ([], "nothing to export: name a model"),
            (["resnet5"], "unknown model 'resnet5': choose from resnet50"),
            (["resnet50", "--size", "96"], "--size is for --timm"),
            (["--from", "x.pt"], "give --precision float64 too"),
            (["--from", "x.pt", "resnet50", "--precision", "float64"], "give it alone"),
            (["--timm", "x", "--size", "0"], "--size must be 1 or more, got 0"),
            (["--timm", "x", "--spatial", "layer:0"], "--spatial must be LAYER or LAYER:CHANNELS"),
            (["--from", "x.pt", "--precision", "float64", "--logits"], "leave out --logits"),
            (["resnet50", "--no-logit-bias"], "--no-logit-bias is of --logits"),
        ]:
            code, _, err = self.run_script(*words)
            self.assertEqual(code, 2)
            self.assertIn(wanted, err)

    def test_an_unknown_timm_model_is_bad_input(self):
        code, _, err = self.run_script("--timm", "no_such_model", "--random-weights", "--out", str(self.out))
        self.assertEqual(code, 3)
        self.assertIn("has no model 'no_such_model'", err)
        self.assertEqual(list(self.out.iterdir()), [])


if __name__ == "__main__":
    unittest.main()
