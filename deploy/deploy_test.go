// Package deploy_test holds the examples against what they name: a field that Kubernetes has not, a volume that is not
// there, a flag that the program has not.
package deploy_test

import (
	"bytes"
	"os"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// The fields of Kubernetes 1.30 that the example uses (apps/v1 Deployment); decoding refuses any other.
type (
	deployment struct {
		APIVersion string `yaml:"apiVersion"`
		Kind       string
		Metadata   struct {
			Name   string
			Labels map[string]string
		}
		Spec struct {
			Replicas int
			Selector selector
			Strategy struct {
				Type          string
				RollingUpdate struct {
					MaxSurge       int `yaml:"maxSurge"`
					MaxUnavailable int `yaml:"maxUnavailable"`
				} `yaml:"rollingUpdate"`
			}
			Template struct {
				Metadata struct{ Labels map[string]string }
				Spec     pod
			}
		}
	}
	selector struct {
		MatchLabels map[string]string `yaml:"matchLabels"`
	}
	pod struct {
		TerminationGracePeriodSeconds int  `yaml:"terminationGracePeriodSeconds"`
		AutomountServiceAccountToken  bool `yaml:"automountServiceAccountToken"`
		SecurityContext               struct {
			RunAsNonRoot   bool                  `yaml:"runAsNonRoot"`
			RunAsUser      int64                 `yaml:"runAsUser"`
			RunAsGroup     int64                 `yaml:"runAsGroup"`
			FSGroup        int64                 `yaml:"fsGroup"`
			SeccompProfile struct{ Type string } `yaml:"seccompProfile"`
		} `yaml:"securityContext"`
		TopologySpreadConstraints []struct {
			MaxSkew           int      `yaml:"maxSkew"`
			TopologyKey       string   `yaml:"topologyKey"`
			WhenUnsatisfiable string   `yaml:"whenUnsatisfiable"`
			LabelSelector     selector `yaml:"labelSelector"`
		} `yaml:"topologySpreadConstraints"`
		InitContainers []container `yaml:"initContainers"`
		Containers     []container
		Volumes        []struct {
			Name      string
			ConfigMap struct{ Name string } `yaml:"configMap"`
			Secret    struct {
				SecretName  string `yaml:"secretName"`
				DefaultMode int    `yaml:"defaultMode"`
			}
			EmptyDir struct{ Medium string } `yaml:"emptyDir"`
		}
	}
	httpProbe struct {
		HTTPGet          struct{ Path, Port string } `yaml:"httpGet"`
		PeriodSeconds    int                         `yaml:"periodSeconds"`
		TimeoutSeconds   int                         `yaml:"timeoutSeconds"`
		FailureThreshold int                         `yaml:"failureThreshold"`
	}
	container struct {
		Name, Image   string
		Command, Args []string
		Env           []struct{ Name, Value string }
		Ports         []struct {
			Name          string
			ContainerPort int `yaml:"containerPort"`
		}
		ReadinessProbe  httpProbe `yaml:"readinessProbe"`
		LivenessProbe   httpProbe `yaml:"livenessProbe"`
		SecurityContext struct {
			AllowPrivilegeEscalation bool `yaml:"allowPrivilegeEscalation"`
			ReadOnlyRootFilesystem   bool `yaml:"readOnlyRootFilesystem"`
			Capabilities             struct{ Drop []string }
		} `yaml:"securityContext"`
		Resources struct {
			Requests, Limits map[string]string
		}
		VolumeMounts []struct {
			Name      string
			MountPath string `yaml:"mountPath"`
			ReadOnly  bool   `yaml:"readOnly"`
		} `yaml:"volumeMounts"`
	}
)

func TestKubernetes_FieldsAndNamesAreThere(t *testing.T) {
	text, err := os.ReadFile("kubernetes.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var d deployment
	strict := yaml.NewDecoder(bytes.NewReader(text))
	strict.KnownFields(true)
	if err := strict.Decode(&d); err != nil {
		t.Fatal(err)
	}
	if d.APIVersion != "apps/v1" || d.Kind != "Deployment" || d.Spec.Replicas < 2 {
		t.Errorf("%s %s with %d replicas", d.APIVersion, d.Kind, d.Spec.Replicas)
	}
	for key, value := range d.Spec.Selector.MatchLabels {
		if d.Spec.Template.Metadata.Labels[key] != value {
			t.Errorf("the pods have no label %s=%s, by which they are selected", key, value)
		}
	}
	pod := d.Spec.Template.Spec
	var volumes []string
	for _, v := range pod.Volumes {
		volumes = append(volumes, v.Name)
	}
	for _, c := range slices.Concat(pod.InitContainers, pod.Containers) {
		for _, m := range c.VolumeMounts {
			if !slices.Contains(volumes, m.Name) {
				t.Errorf("%s mounts %q, which is no volume", c.Name, m.Name)
			}
		}
		if s := c.SecurityContext; s.AllowPrivilegeEscalation || !s.ReadOnlyRootFilesystem || !slices.Equal(s.Capabilities.Drop, []string{"ALL"}) {
			t.Errorf("%s has more rights than it needs: %+v", c.Name, s)
		}
	}
	worker := pod.Containers[0]
	for path, p := range map[string]httpProbe{"/readyz": worker.ReadinessProbe, "/healthz": worker.LivenessProbe} {
		if p.HTTPGet.Path != path || len(worker.Ports) != 1 || p.HTTPGet.Port != worker.Ports[0].Name {
			t.Errorf("%s is asked as %+v", path, p)
		}
	}
	if args := pod.Containers[0].Args; !slices.Equal(args, []string{"run", "-c", "/etc/followupd"}) {
		t.Errorf("the worker is started with %q", args)
	}
}

func TestUnit_RunsAWorkerWithItsPasswordFile(t *testing.T) {
	text, err := os.ReadFile("followupd-worker.service")
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{
		"ExecStart=/usr/bin/followupd run -c /etc/followupd", "LoadCredential=pgpass:/etc/followupd/pgpass", "Environment=PGPASSFILE=%d/pgpass", "Type=notify",
	} {
		if !strings.Contains(string(text), "\n"+line+"\n") {
			t.Errorf("the unit lacks %s", line)
		}
	}
}
