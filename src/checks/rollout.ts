import type { Samples } from '../domain/reading.ts';
import { clean } from '../domain/text.ts';
import type { Value } from '../domain/value.ts';
import { deepMember, listOf, memberOf, numberOf, textOf } from './members.ts';
import { countSample, msSample } from './samples.ts';

const REVISION = 'deployment.kubernetes.io/revision';
/** As many images as the way back should reach: the present one and two before it. */
const SHOWN_IMAGES = 3;

/** The labels by which a workload finds its pods, as `kubectl -l` takes them; null when there are none. */
export function selectorOf(workload: Value): string | null {
	const labels = deepMember(workload, 'spec', 'selector', 'matchLabels');
	if (typeof labels !== 'object' || labels === null) return null;
	const pairs = Object.entries(labels as Record<string, Value>).filter(
		([name, value]) => /^[\w./-]+$/.test(name) && typeof value === 'string' && /^[\w.-]*$/.test(value),
	);
	return pairs.length === 0 ? null : pairs.map(([name, value]) => `${name}=${String(value)}`).join(',');
}

/**
 * How far the rollout is. A DaemonSet counts its pods under other names; a StatefulSet is complete when its two revisions
 * are one. Until the controller has seen the newest specification, nothing it says is about that.
 */
export function readRollout(workload: Value): Record<string, Samples[string]> {
	const [spec, status] = [memberOf(workload, 'spec'), memberOf(workload, 'status')];
	const kind = textOf(memberOf(workload, 'kind'));
	const isDaemon = kind === 'DaemonSet';
	const replicas = memberOf(spec, 'replicas');
	const wanted = isDaemon
		? numberOf(memberOf(status, 'desiredNumberScheduled'))
		: replicas === undefined
			? 1
			: numberOf(replicas);
	const updated = numberOf(memberOf(status, isDaemon ? 'updatedNumberScheduled' : 'updatedReplicas'));
	const ready = numberOf(memberOf(status, isDaemon ? 'numberReady' : 'readyReplicas'));
	const available = numberOf(memberOf(status, isDaemon ? 'numberAvailable' : 'availableReplicas'));
	const total = isDaemon ? wanted : numberOf(memberOf(status, 'replicas'));
	const isSeen =
		numberOf(memberOf(status, 'observedGeneration')) >=
		numberOf(deepMember(workload, 'metadata', 'generation'));
	const isSettled =
		kind !== 'StatefulSet' ||
		textOf(memberOf(status, 'updateRevision')) === textOf(memberOf(status, 'currentRevision'));
	const isComplete =
		isSeen && isSettled && updated >= wanted && total <= wanted && available >= wanted && ready >= wanted;
	return {
		complete: isComplete,
		wanted: countSample(wanted),
		updated: countSample(updated),
		ready: countSample(ready),
		available: countSample(available),
		stalled: listOf(memberOf(status, 'conditions')).some(
			(one) => textOf(memberOf(one, 'reason')) === 'ProgressDeadlineExceeded',
		),
		paused: memberOf(spec, 'paused') === true,
		image: imagesIn(deepMember(spec, 'template', 'spec')),
	};
}

/** What can be rolled back to: ReplicaSets of a Deployment, else ControllerRevisions; only those that are its own. */
export function readRevisions(workload: Value, family: Value): Record<string, Samples[string]> {
	const uid = textOf(deepMember(workload, 'metadata', 'uid'));
	const own = listOf(memberOf(family, 'items'))
		.filter((item) =>
			listOf(deepMember(item, 'metadata', 'ownerReferences')).some(
				(owner) => uid !== '' && textOf(memberOf(owner, 'uid')) === uid,
			),
		)
		.flatMap((item) => {
			const kind = textOf(memberOf(item, 'kind'));
			if (kind === 'ReplicaSet') {
				const revision = textOf(deepMember(item, 'metadata', 'annotations', REVISION));
				return [
					{ revision: Number(revision), image: imagesIn(deepMember(item, 'spec', 'template', 'spec')) },
				];
			}
			if (kind !== 'ControllerRevision') return [];
			const template = deepMember(item, 'data', 'spec', 'template', 'spec');
			return [{ revision: numberOf(memberOf(item, 'revision')), image: imagesIn(template) }];
		})
		.filter(({ revision }) => revision > 0)
		.sort((left, right) => right.revision - left.revision);
	const [newest] = own;
	const images = own.slice(0, SHOWN_IMAGES).map(({ image }) => image);
	return {
		images: clean(images.join(' ← '), { max: 400 }),
		kept: countSample(own.length),
		...(newest === undefined ? {} : { revision: countSample(newest.revision) }),
	};
}

/** The pods that run or should: those that have done their work or are being taken away are not counted. */
export function readPods(family: Value, now: number): Record<string, Samples[string]> {
	const pods = listOf(memberOf(family, 'items')).filter(
		(item) =>
			textOf(memberOf(item, 'kind')) === 'Pod' &&
			deepMember(item, 'metadata', 'deletionTimestamp') === undefined &&
			textOf(deepMember(item, 'status', 'phase')) !== 'Succeeded',
	);
	const containers = pods.flatMap((pod) => listOf(deepMember(pod, 'status', 'containerStatuses')));
	const waiting = containers
		.map((one) => textOf(deepMember(one, 'state', 'waiting', 'reason'), 60))
		.filter((reason) => reason !== '');
	const starts = pods
		.map((pod) => Date.parse(textOf(deepMember(pod, 'status', 'startTime'))))
		.filter((at) => at > 0);
	return {
		pods: countSample(pods.length),
		restarts: countSample(
			containers.map((one) => numberOf(memberOf(one, 'restartCount'))).reduce((sum, one) => sum + one, 0),
		),
		waiting: clean([...new Set(waiting)].join(', '), { max: 200 }),
		...(starts.length === 0 ? {} : { age: msSample(now - Math.max(...starts)) }),
	};
}

function imagesIn(podSpec: Value | undefined): string {
	const images = listOf(memberOf(podSpec, 'containers')).map((one) => textOf(memberOf(one, 'image')));
	return clean(images.filter((image) => image !== '').join(' + '), { max: 200 });
}
