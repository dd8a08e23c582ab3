/** `GET ops/doctor`: whether everything that the service depends on works, and what to do where it does not. Function key. */
import { examine } from '../../domain/operation/doctor/examine';
import type { Services } from '../../services';
import { answering } from '../http/answers';
import { onCall } from '../caller';
import type { doctorAnswers } from '../description/operator-operations';

const answer = answering<typeof doctorAnswers>();

export const opsDoctor = (services: Services) =>
  onCall(services, 'operator', async () => {
    const findings = await examine(services);
    const isWell = findings.every(({ state }) => state !== 'bad');
    return answer(200, { status: isWell ? 'well' : 'unwell', findings });
  });
