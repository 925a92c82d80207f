// SPDX-License-Identifier: MIT
// Three planes of BT.601 in limited range, as the library gives them: the first row is the picture's upper one.
Shader "LibMLWebRTC/YuvToRgb"
{
    Properties
    {
        _MainTex ("Y", 2D) = "black" {}
        _U ("U", 2D) = "gray" {}
        _V ("V", 2D) = "gray" {}
    }
    SubShader
    {
        Tags { "RenderType" = "Opaque" }
        Pass
        {
            CGPROGRAM
            #pragma vertex vert
            #pragma fragment frag
            #include "UnityCG.cginc"

            sampler2D _MainTex, _U, _V;

            struct v2f
            {
                float4 position : SV_POSITION;
                float2 uv : TEXCOORD0;
            };

            v2f vert(appdata_base input)
            {
                v2f output;
                output.position = UnityObjectToClipPos(input.vertex);
                output.uv = float2(input.texcoord.x, 1 - input.texcoord.y);
                return output;
            }

            fixed4 frag(v2f input) : SV_Target
            {
                float y = 1.164384 * (tex2D(_MainTex, input.uv).r - 0.062745);
                float u = tex2D(_U, input.uv).r - 0.501961;
                float v = tex2D(_V, input.uv).r - 0.501961;
                float3 rgb = float3(y + 1.596027 * v, y - 0.391762 * u - 0.812968 * v, y + 2.017232 * u);
                #ifndef UNITY_COLORSPACE_GAMMA
                rgb = GammaToLinearSpace(saturate(rgb));
                #endif
                return fixed4(rgb, 1);
            }
            ENDCG
        }
    }
}
